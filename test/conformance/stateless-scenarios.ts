/** Checks of the requirements of MCP 2026-07-28 that cannot pass here, each with the reason. */
export const UNTESTABLE: readonly {
  readonly scenario: string;
  readonly checks: readonly string[];
  readonly reason: string;
}[] = [
  {
    scenario: 'caching',
    checks: ['sep-2549-prompts-list-caching-hints'],
    reason: 'there are no prompts, and a list of none would claim otherwise',
  },
  {
    scenario: 'http-custom-header-server-validation',
    checks: [
      'sep-2243-server-decode-base64',
      'sep-2243-server-no-xmcp-tool',
      'sep-2243-server-reject-invalid-param-chars',
      'sep-2243-server-reject-param-mismatch',
      'sep-2243-server-validate-param-match',
    ],
    reason: 'no parameter of ours is repeated in a header',
  },
  {
    scenario: 'input-required-result-basic-elicitation',
    checks: ['sep-2322-elicitation-incomplete'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-basic-list-roots',
    checks: ['sep-2322-list-roots-incomplete'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-basic-sampling',
    checks: ['sep-2322-sampling-incomplete'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-capability-check',
    checks: ['sep-2322-respect-client-capabilities'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-ignore-extra-params',
    checks: ['sep-2322-ignore-unexpected-params'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-missing-input-response',
    checks: ['sep-2322-missing-response-rerequests'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-multi-round',
    checks: ['sep-2322-multi-round-r1'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-multiple-input-requests',
    checks: ['sep-2322-multiple-inputs-incomplete'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-non-tool-request',
    checks: ['sep-2322-non-tool-incomplete'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'input-required-result-request-state',
    checks: ['sep-2322-request-state-incomplete'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-result-type',
    checks: ['sep-2322-result-type-included'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'input-required-result-tampered-state',
    checks: ['sep-2322-reject-tampered-state'],
    reason: 'needs a tool of the suite that asks the client for input',
  },
  {
    scenario: 'json-schema-2020-12',
    checks: ['json-schema-2020-12-tool-found'],
    reason: 'needs a tool with a schema of its own; ours are in the subset that all clients read',
  },
  {
    scenario: 'prompts-get-embedded-resource',
    checks: ['prompts-get-embedded-resource'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'prompts-get-simple',
    checks: ['prompts-get-simple'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'prompts-get-with-args',
    checks: ['prompts-get-with-args'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'prompts-get-with-image',
    checks: ['prompts-get-with-image'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'prompts-list',
    checks: ['prompts-list'],
    reason: 'there are no prompts',
  },
  {
    scenario: 'resources-read-binary',
    checks: ['resources-read-binary'],
    reason: 'needs a binary resource; a log is text',
  },
  {
    scenario: 'server-stateless',
    checks: [
      'sep-2575-http-server-no-independent-requests-on-stream',
      'sep-2575-missing-capability-http-400',
      'sep-2575-server-no-log-without-loglevel',
      'sep-2575-server-rejects-undeclared-capability',
    ],
    reason: 'needs tools of the suite that ask the client, and one that logs',
  },
  {
    scenario: 'tools-call-audio',
    checks: ['tools-call-audio'],
    reason: 'needs a tool that answers with audio',
  },
  {
    scenario: 'tools-call-embedded-resource',
    checks: ['tools-call-embedded-resource'],
    reason: 'needs a tool that answers with a resource',
  },
  {
    scenario: 'tools-call-image',
    checks: ['tools-call-image'],
    reason: 'needs a tool that answers with an image; ours answer in text',
  },
  {
    scenario: 'tools-call-mixed-content',
    checks: ['tools-call-mixed-content'],
    reason: 'needs a tool that answers with text, an image and a resource',
  },
  {
    scenario: 'tools-call-with-progress',
    checks: ['tools-call-with-progress'],
    reason: 'needs a tool that reports 0, 50 and 100 percent, which is not known of a job',
  },
];
