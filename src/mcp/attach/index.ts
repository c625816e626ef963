// What a window does for clients outside of it; a bundle of its own, loaded when there may be some.
export { listen, type Listener } from './window-listener.ts';
export { writeLauncher } from './launcher.ts';
