import { allowInterrupts } from '../../processes/windows/console-control.ts';
import { endsWithJobObject } from '../../processes/windows/job-object.ts';

/**
 * Prepares the runner process on Windows.
 *
 * @returns true if this process ends with the program that started it, such as a terminal tab: it is in the job object of
 *   that program, and may not leave it
 * @throws KoffiError
 */
export function prepareRunner(): boolean {
  allowInterrupts();
  return endsWithJobObject();
}
