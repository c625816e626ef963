import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';

/** Returns the error for a cursor of a list that we did not give out, or whose place is gone (MCP, Pagination). */
export function invalidCursor(): McpError {
  return new McpError(
    ErrorCode.InvalidParams,
    'The cursor is no longer valid. List again from the beginning.',
  );
}

/** Returns true without a cursor. Some clients send an empty one for none. */
export function isFirstPage(cursor: string | undefined): cursor is '' | undefined {
  return cursor === undefined || cursor === '';
}

/** Checks the cursor of a list that has only one page. @throws McpError if it has another one */
export function requireFirstPage(cursor: string | undefined): void {
  if (!isFirstPage(cursor)) throw invalidCursor();
}
