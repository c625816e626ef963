// Takes from all users the right to look into this process or to end it, prints its pid, and sleeps.
const { Buffer } = require('node:buffer');
const { log } = require('node:console');
const { pid } = require('node:process');
const { setTimeout } = require('node:timers');
const koffi = require('koffi/indirect');
const advapi32 = koffi.load('advapi32.dll');
const kernel32 = koffi.load('kernel32.dll');
const initializeAcl = advapi32.func('int InitializeAcl(_Inout_ void *, uint32, uint32)');
const setSecurity = advapi32.func(
  'uint32 SetSecurityInfo(intptr, int, uint32, void *, void *, void *, void *)',
);
const currentProcess = kernel32.func('intptr GetCurrentProcess()');
const nobody = Buffer.alloc(8);
initializeAcl(nobody, nobody.length, 2);
// SE_KERNEL_OBJECT, PROTECTED_DACL_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION
const error = setSecurity(currentProcess(), 6, 0x80000004, null, null, nobody, null);
log(error === 0 ? `ready ${pid}` : `error ${error}`);
setTimeout(() => undefined, 300_000);
