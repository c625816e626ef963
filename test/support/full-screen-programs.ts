// Programs that draw on the whole screen of a terminal.
import { debianProgram } from './debian-program.ts';

export const vim = await debianProgram('vim.basic', ['vim', 'vim-runtime', 'libgpm2', 'libsodium23']);
export const less = await debianProgram('less', ['less']);
export const htop = await debianProgram('htop', ['htop', 'libnl-3-200', 'libnl-genl-3-200', 'libncursesw6']);
export const top = await debianProgram('top', ['procps', 'libproc2-0', 'libncursesw6']);
export const tmux = await debianProgram('tmux', ['tmux', 'libevent-core-2.1-7', 'libutempter0']);
