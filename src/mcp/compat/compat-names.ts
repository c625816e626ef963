/** Servers whose tools exist here, by the names of their packages. */
export const COMPAT_NAMES = ['mcp-background-job', 'mcp-bgtask'] as const;
export type CompatName = (typeof COMPAT_NAMES)[number];
