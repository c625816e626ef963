import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { UnknownJobError } from './unknown-job-error.ts';

/** The error codes of vscode-jsonrpc for a request that failed because of the connection. */
const CONNECTION_ERRORS: readonly number[] = [
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.MessageWriteError,
  ErrorCodes.ConnectionInactive,
];

/** Returns the error with which the runner answered. Undefined if the connection failed. */
export function answeredError(error: unknown): Error | undefined {
  if (!(error instanceof ResponseError) || CONNECTION_ERRORS.includes(error.code)) return undefined;
  return error.code === ErrorCodes.InvalidParams ? new UnknownJobError(error.message) : error;
}
