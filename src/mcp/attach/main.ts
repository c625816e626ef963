// What a window does for clients outside of it; a bundle of its own, loaded behind the activation.
export { listen, type Listener } from './listener.ts';
export { refreshLauncher, writeLauncher } from './launcher.ts';
