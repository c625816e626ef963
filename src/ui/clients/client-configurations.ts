import { commandLine } from '../start/shell-quoting.ts';

/** How a client starts the server. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Variables of the client's own environment that the server needs. */
  readonly passed: readonly string[];
}

/** The form in which a client configures a server. */
export interface ClientForm {
  /** Name of the client. */
  readonly name: string;
  /** Where to put the text: a file, or a terminal. */
  readonly place: string;
  /** Whether the client runs in a terminal. */
  readonly inTerminal: boolean;
  /** Whether the text is a command to run, instead of the content of a file. */
  readonly isCommand?: true;
  readonly text: (launch: Launch) => string;
}

const SERVER = 'background-jobs';

/** How a client starts the package from npm. npm-package.ts has the name of the package, too. */
export const NPX_LAUNCH: Launch = { command: 'npx', args: ['-y', 'background-jobs-mcp'], passed: [] };

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The form that most clients have in common. */
function mcpServers({ command, args }: Launch): string {
  return json({ mcpServers: { [SERVER]: { command, args } } });
}

/**
 * The forms of clients, from their documentation of November 2026:
 * https://code.claude.com/docs/en/mcp · https://modelcontextprotocol.io/quickstart/user ·
 * https://developers.openai.com/codex/mcp · https://cursor.com/docs/context/mcp ·
 * https://docs.windsurf.com/windsurf/cascade/mcp · https://zed.dev/docs/ai/mcp ·
 * https://code.visualstudio.com/docs/copilot/reference/mcp-configuration ·
 * https://geminicli.com/docs/tools/mcp-server · https://opencode.ai/docs/mcp-servers
 */
export const CLIENT_FORMS: readonly ClientForm[] = [
  {
    name: 'Claude Code (command)',
    place: 'a terminal, in the folder of the project',
    inTerminal: true,
    isCommand: true,
    // Its own options precede the name, and everything after -- belongs to the server.
    text: ({ command, args }) =>
      `${commandLine(['claude', 'mcp', 'add', '--transport', 'stdio', SERVER, '--', command, ...args], 'posix')}\n`,
  },
  {
    name: 'Claude Code, Copilot CLI and others (.mcp.json)',
    place: '.mcp.json',
    inTerminal: true,
    text: ({ command, args }) => json({ mcpServers: { [SERVER]: { type: 'stdio', command, args } } }),
  },
  { name: 'Claude Desktop', place: 'claude_desktop_config.json', inTerminal: false, text: mcpServers },
  {
    name: 'Codex',
    place: '~/.codex/config.toml',
    inTerminal: true,
    // JSON strings are valid TOML strings. Codex passes on only the variables that are listed.
    text: ({ command, args, passed }) =>
      [
        `[mcp_servers.${SERVER}]`,
        `command = ${JSON.stringify(command)}`,
        `args = ${toml(args)}`,
        ...(passed.length === 0 ? [] : [`env_vars = ${toml(passed)}`]),
        '',
      ].join('\n'),
  },
  {
    name: 'Copilot CLI',
    place: '~/.copilot/mcp-config.json',
    inTerminal: true,
    text: ({ command, args }) =>
      json({ mcpServers: { [SERVER]: { type: 'local', command, args, tools: ['*'] } } }),
  },
  { name: 'Cursor', place: '.cursor/mcp.json', inTerminal: false, text: mcpServers },
  { name: 'Gemini CLI', place: '.gemini/settings.json', inTerminal: true, text: mcpServers },
  {
    name: 'OpenCode',
    place: 'opencode.json',
    inTerminal: true,
    text: ({ command, args }) =>
      json({ mcp: { [SERVER]: { type: 'local', command: [command, ...args], enabled: true } } }),
  },
  {
    name: 'VS Code',
    place: '.vscode/mcp.json',
    inTerminal: false,
    text: ({ command, args }) => json({ servers: { [SERVER]: { type: 'stdio', command, args } } }),
  },
  { name: 'Windsurf', place: '~/.codeium/windsurf/mcp_config.json', inTerminal: false, text: mcpServers },
  {
    name: 'Zed',
    place: 'settings.json (zed: open settings file)',
    inTerminal: false,
    text: ({ command, args }) => json({ context_servers: { [SERVER]: { command, args, env: {} } } }),
  },
];

/** The form for any other client. */
export const OTHER_CLIENT: ClientForm = { name: '', place: '', inTerminal: true, text: mcpServers };

function toml(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}
