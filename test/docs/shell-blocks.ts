/** The shell commands of a page: what they call, and the variables that they set and use. */

export interface ShellLine {
  readonly line: number;
  readonly text: string;
}

/** The lines of the fenced blocks that are shell, which is also what a block without a language is. */
export function shellLinesIn(markdown: string): readonly ShellLine[] {
  let language: string | undefined;
  return markdown.split('\n').flatMap((text, index) => {
    const fence = /^ *```(\w*)/.exec(text);
    if (fence === null) return language === '' || language === 'sh' ? [{ line: index + 1, text }] : [];
    language = language === undefined ? fence[1] : undefined;
    return [];
  });
}

/** `5: $TABLE` for each variable that no earlier line has set. */
export function unsetVariablesIn(markdown: string): readonly string[] {
  const known = new Set<string>();
  return shellLinesIn(markdown).flatMap(({ line, text }) => {
    const used = [...text.matchAll(/(?<!\\)\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name);
    const unset = used.filter((name) => !known.has(name));
    const set = [...text.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*)=|\bfor ([A-Z][A-Z0-9_]*) in /g)];
    for (const [, assigned, looped] of set) known.add(assigned ?? looped ?? '');
    return unset.map((name) => `${line}: $${name}`);
  });
}

/** `service operation` for each command of the AWS CLI, in blocks and in the text. */
export function awsCommandsIn(markdown: string): readonly string[] {
  const texts = [
    ...shellLinesIn(markdown).map(({ text }) => text),
    ...[...markdown.matchAll(/`(aws [^`\n]+)`/g)].map(([, text = '']) => text),
  ];
  return texts.flatMap((text) =>
    [...text.matchAll(/(?<![\w/.])aws ([a-z0-9]+) ([a-z0-9-]+)/g)].map(
      ([, service, operation]) => `${service} ${operation}`,
    ),
  );
}
