/** The worked examples of docs/api.md: a curl command and the response below it. */

export interface Example {
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly answer: any;
  /** Whether the page shows the response in part. */
  readonly isExcerpt: boolean;
}

/** A shell block that begins with curl, and the next JSON block. */
const EXAMPLE = /```sh\n(curl [^`]*?)\n```\n(.*?)```json( excerpt)?\n(.*?)\n```/gs;
/** Quoted and other text without a space between is one word. */
const WORD = /(?:'[^']*'|"[^"]*"|[^\s'"\\])+/g;
const QUOTED = /'([^']*)'|"([^"]*)"/g;
/** The page sets the variables that its commands use. */
const ID_VARIABLE = /^([A-Z_]+)=([a-z]+-[0-9a-f]+)\b/gm;

/** @throws Error if a curl command has no response below it, or cannot be parsed */
export function examplesIn(markdown: string): readonly Example[] {
  const variables = idVariablesIn(markdown);
  const examples = [...markdown.matchAll(EXAMPLE)].map(([, written = '', between = '', excerpt, answer = '']) => {
    if (between.includes('```')) throw new Error(`There is no response below ${written}`);
    const command = written.replace(/\$([A-Z_]+)/g, (name, id: string) => variables.get(id) ?? name);
    return { ...requestOf(command), answer: JSON.parse(answer), isExcerpt: excerpt !== undefined };
  });
  const commands = markdown.match(/^curl /gm) ?? [];
  if (commands.length !== examples.length) throw new Error('A curl command has no response below it');
  return examples;
}

/** The ids that the page gives its variables, by the variable's name. */
export function idVariablesIn(markdown: string): ReadonlyMap<string, string> {
  return new Map([...markdown.matchAll(ID_VARIABLE)].map(([, name = '', id = '']) => [name, id]));
}

function requestOf(command: string): Pick<Example, 'method' | 'path' | 'headers' | 'body'> {
  const words = [...command.matchAll(WORD)].map(([word]) =>
    word.replace(QUOTED, (_quoted, single?: string, double?: string) => single ?? double ?? ''),
  );
  const given = (option: string) => words.filter((_word, index) => words[index - 1] === option);
  const [url] = words.filter((word) => word.startsWith('$HOLDFAST'));
  if (url === undefined) throw new Error(`There is no URL in ${command}`);
  return {
    method: given('-X')[0] ?? 'GET',
    path: url.replace('$HOLDFAST', ''),
    headers: Object.fromEntries(given('-H').map((header) => header.split(': ') as [string, string])),
    body: given('-d')[0],
  };
}

/**
 * Removes what differs from run to run (ids, times, addresses, and what grows with time), and the messages of a node's
 * log, because the order of entries from the same millisecond is not defined. The page promises everything else.
 */
export function comparable(answer: any): unknown {
  const wording = /("createdAt":"[^"]*","severity":"[^"]*","message":)"[^"]*"/g;
  const text = JSON.stringify({ ...answer, request: { ...answer.request, id: 'ID' } })
    .replaceAll(wording, '$1"TEXT"')
    .replaceAll(/\b(smi|smg|i|eni|vpc|vol|subnet|sg|ami|eipalloc)-[0-9a-f]{8,17}\b/g, '$1-ID')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z(#[0-9a-f]{6})?/g, 'TIME')
    .replaceAll(/"(awaySeconds":)\d+(\.\d+)?/g, '"$1"AMOUNT"')
    .replaceAll(/"executionArn":"[^"]*"/g, '"executionArn":"ARN"')
    .replaceAll(/"((?:\w*[hH]ours|\w*Cost|savingsPercent|value|actual|potential)":)\d+(\.\d+)?/g, '"$1"AMOUNT"')
    .replaceAll(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC')
    .replaceAll(/\b(\d{1,3}\.){3}\d{1,3}\b/g, 'ADDRESS');
  return JSON.parse(text);
}
