/** Scenarios of the suite that the endpoint passes. */
export const PASSED = [
  'server-initialize',
  'ping',
  'logging-set-level',
  'completion-complete',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-error',
  'resources-list',
  'resources-read-text',
  'resources-templates-read',
  'resources-subscribe',
  'resources-unsubscribe',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

/** Scenarios that the server cannot pass, each with the reason. */
export const NOT_FOR_US: Readonly<Record<string, string>> = {
  'tools-call-image': 'needs a tool that answers with an image; ours answer in text',
  'tools-call-audio': 'needs a tool that answers with audio',
  'tools-call-embedded-resource': 'needs a tool that answers with a resource',
  'tools-call-mixed-content': 'needs a tool that answers with text, an image and a resource',
  'tools-call-with-logging': 'needs a tool that logs three messages of its own',
  'tools-call-with-progress': 'needs a tool that tells of 0, 50 and 100 percent; nobody knows that of a job',
  'tools-call-sampling': 'needs a tool that asks the client for a completion of its model',
  'tools-call-elicitation': 'needs a tool that asks the user',
  'elicitation-sep1034-defaults': 'needs a tool that asks the user',
  'elicitation-sep1330-enums': 'needs a tool that asks the user',
  'json-schema-2020-12': 'needs a tool with a schema of its own; ours are in draft-7, which all clients read',
  'server-sse-polling': 'needs a tool that closes its stream, and a store of events to go on with: optional',
  'resources-read-binary': 'needs a binary resource; a log is text',
  'prompts-list': 'there are no prompts',
  'prompts-get-simple': 'there are no prompts',
  'prompts-get-with-args': 'there are no prompts',
  'prompts-get-embedded-resource': 'there are no prompts',
  'prompts-get-with-image': 'there are no prompts',
};

/**
 * Names in the suite's server, and the names of the same things in ours. The proxy replaces them. The name of
 * a resource from a template must be in its content, so there is a job called 123.
 */
export const ALIASES: Readonly<Record<string, string>> = {
  'test://static-text': 'job://123/log',
  'test://template/123/data': 'job://123/log',
  'test://watched-resource': 'job://123',
  // These reply with text without arguments, and with an error.
  test_simple_text: 'list',
  test_error_handling: 'status',
};
