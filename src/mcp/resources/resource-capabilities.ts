/** What the server offers besides tools. */
export const RESOURCE_CAPABILITIES = {
  resources: { subscribe: true, listChanged: true },
  completions: {},
} as const;
