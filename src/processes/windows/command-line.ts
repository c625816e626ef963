/**
 * Joins a program and its arguments to a command line, from which programs read the same arguments: by the rules of the C
 * runtime ("Parsing C command-line arguments"), as libuv does.
 */
export function joinArguments(args: readonly string[]): string {
  return args.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument;
  // Backslashes have a meaning only before a quote. There, and at the end, each is doubled.
  return `"${argument.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
