/** Servers whose tools we know, by the names of their packages. */
export const COMPAT_NAMES = ['mcp-background-job', 'mcp-bgtask'] as const;
export type CompatName = (typeof COMPAT_NAMES)[number];

export function isCompatName(text: string): text is CompatName {
  return (COMPAT_NAMES as readonly string[]).includes(text);
}
