// What a window does for clients outside of it. It is a separate chunk, which is loaded when there may be such clients.
export { listen, type Listener } from './window-listener.ts';
export { writeLauncher } from './launcher.ts';
