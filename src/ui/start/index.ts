// The commands that start a job, loaded with the first of them.
export { runCommand } from './run-command.ts';
export { runFile } from './run-file.ts';
export { runNpmScript } from './run-npm-script.ts';
export { runSelection } from './run-selection.ts';
export { runTask, startTaskFor } from '../tasks/run-task.ts';
