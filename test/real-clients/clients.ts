import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installClient } from './install-clients.ts';

/** How a client starts our server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Setting {
  /** The folder with the client's `node_modules`. */
  readonly folder: string;
  /** An empty folder that is its home. */
  readonly home: string;
  /** Address of the scripted model. */
  readonly origin: string;
  readonly server: ServerCommand;
}

/** A program, its arguments before the prompt, and its environment. */
interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** An MCP client from npm that runs a prompt without a person. */
export interface RealClient {
  readonly name: string;
  /** The name that it gives to servers. */
  readonly clientName: RegExp;
  readonly install: (signal: AbortSignal) => Promise<string>;
  /** Writes its settings: our server, the model, no telemetry, no updates, no questions. */
  readonly configure: (setting: Setting) => Invocation;
}

const LABEL = 'background-jobs';

const CLAUDE_CODE: RealClient = {
  name: 'Claude Code',
  clientName: /claude-code/,
  install: (signal) => installClient('@anthropic-ai/claude-code', '2.1.332', signal),
  configure: ({ folder, origin, server }) => ({
    command: nativeProgram(folder, '@anthropic-ai', /^claude-code-/, 'claude'),
    args: [
      '--strict-mcp-config',
      ...['--mcp-config', JSON.stringify({ mcpServers: { [LABEL]: { type: 'stdio', ...server } } })],
      ...['--allowedTools', `mcp__${LABEL}`],
      '--print',
    ],
    env: {
      ANTHROPIC_BASE_URL: origin,
      ANTHROPIC_API_KEY: 'none',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_TELEMETRY: '1',
      MCP_TIMEOUT: '60000',
    },
  }),
};

const CODEX: RealClient = {
  name: 'Codex',
  clientName: /codex/,
  install: (signal) => installClient('@openai/codex', '0.171.0', signal),
  configure({ folder, home, origin, server }) {
    write(
      join(home, '.codex', 'config.toml'),
      `model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "${origin}/v1"
wire_api = "responses"
[mcp_servers.${LABEL}]
command = ${JSON.stringify(server.command)}
args = ${JSON.stringify(server.args)}
default_tools_approval_mode = "approve"
required = true
startup_timeout_sec = 60
[mcp_servers.${LABEL}.env]
${Object.entries(server.env)
  .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
  .join('')}`,
    );
    return {
      command: process.execPath,
      args: [
        join(folder, 'node_modules', '@openai', 'codex', 'bin', 'codex.js'),
        ...['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'],
      ],
      env: { CODEX_HOME: join(home, '.codex') },
    };
  },
};

const OPENCODE: RealClient = {
  name: 'OpenCode',
  clientName: /opencode/,
  install: (signal) => installClient('opencode-ai', '1.18.33', signal),
  configure({ folder, home, origin, server }) {
    const config = {
      share: 'disabled',
      autoupdate: false,
      permission: 'allow',
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: `${origin}/v1`, apiKey: 'none' },
          models: { scripted: { tool_call: true } },
        },
      },
      mcp: {
        [LABEL]: {
          type: 'local',
          command: [server.command, ...server.args],
          environment: server.env,
          timeout: 60_000,
        },
      },
    };
    write(join(home, '.config', 'opencode', 'opencode.json'), JSON.stringify(config));
    return {
      command: nativeProgram(folder, '', /^opencode-(?!ai)/, join('bin', 'opencode')),
      args: ['run'],
      env: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
        OPENCODE_DISABLE_FFF: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_EXPERIMENTAL_DISABLE_FILEWATCHER: '1',
      },
    };
  },
};

const GEMINI_CLI: RealClient = {
  name: 'Gemini CLI',
  clientName: /gemini/,
  install: (signal) => installClient('@google/gemini-cli', '0.61.0', signal),
  configure({ folder, home, origin, server }) {
    const settings = {
      // Without it, the base URL selects a kind of sign-in that runs without a person refuse.
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      mcpServers: { [LABEL]: { ...server, trust: true } },
    };
    write(join(home, '.gemini', 'settings.json'), JSON.stringify(settings));
    return {
      command: process.execPath,
      args: [
        join(folder, 'node_modules', '@google', 'gemini-cli', 'bundle', 'gemini.js'),
        ...['--model', 'gemini-2.5-pro', '--approval-mode', 'yolo', '--prompt'],
      ],
      env: {
        GEMINI_API_KEY: 'none',
        GOOGLE_GEMINI_BASE_URL: origin,
        GEMINI_CLI_NO_RELAUNCH: 'true',
      },
    };
  },
};

export const CLIENTS: readonly RealClient[] = [CLAUDE_CODE, CODEX, OPENCODE, GEMINI_CLI];

/** Finds the program for this system, which npm installs as an optional dependency. */
function nativeProgram(folder: string, scope: string, name: RegExp, program: string): string {
  const modules = join(folder, 'node_modules', scope);
  const found = readdirSync(modules)
    .filter((each) => name.test(each))
    .sort()[0];
  if (found === undefined) throw new Error(`There is no program for this system in ${modules}.`);
  return join(modules, found, program);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
