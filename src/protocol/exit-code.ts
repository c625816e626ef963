/** What the exit codes mean with which Windows ends a program (NTSTATUS values in ntstatus.h). */
const MEANINGS: Readonly<Record<number, string>> = {
  0x80000003: 'breakpoint',
  0xc0000005: 'access violation',
  0xc0000017: 'not enough memory',
  0xc000001d: 'illegal instruction',
  0xc0000022: 'access denied',
  0xc0000094: 'division by zero',
  0xc00000fd: 'stack overflow',
  0xc0000135: 'a DLL is missing',
  0xc0000139: 'a function is missing in a DLL',
  0xc000013a: 'interrupted by Ctrl+C, or its console was closed',
  0xc0000142: 'a DLL could not start',
  0xc000026b: 'Windows was shutting down',
  0xc0000374: 'the heap is damaged',
  0xc0000409: 'aborted: a security check or an assertion failed',
  0xc0000417: 'invalid argument to a function of the C runtime',
  0xe06d7363: 'unhandled C++ exception',
  0xe0434352: 'unhandled .NET exception',
};
/** From here on, exit codes are those of the system. Programs choose smaller ones. */
const FIRST_STATUS = 0x80000000;
/** Exit codes from here on are small negative numbers, which programs choose. */
const FIRST_NEGATIVE = 0xffff0000;

/** Returns what an exit code of Windows means, with its usual form, such as "0xC0000005, access violation". */
export function exitMeaning(code: number | undefined): string | undefined {
  if (code === undefined || code < FIRST_STATUS || code >= FIRST_NEGATIVE) return undefined;
  const hex = `0x${code.toString(16).toUpperCase()}`;
  const meaning = MEANINGS[code];
  return meaning === undefined ? hex : `${hex}, ${meaning}`;
}

/** Returns an exit code for people to read. */
export function exitCodeText(code: number): string {
  const meaning = exitMeaning(code);
  return meaning === undefined ? String(code) : `${code} (${meaning})`;
}
