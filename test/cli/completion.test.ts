/** The completion scripts: bash runs the real one; zsh and fish are not everywhere, so theirs are read. */
import { spawnSync } from 'node:child_process';
import { holdfast } from './cli-play';

const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, out, err } = await holdfast(['completion', shell]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    scripts[shell] = out;
  }
});

/** What bash offers at the end of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const play = `${scripts.bash ?? ''}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', play, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

test.each([
  { words: ['holdfast', 're'], offers: ['resume', 'recycle', 'resources', 'rebuild'] },
  { words: ['holdfast', 'import', ''], offers: ['status', 'cancel'] },
  { words: ['holdfast', 'simulator', 're'], offers: ['rebalance', 'release-address', 'reconcile'] },
  { words: ['holdfast', '--stack', 'import', 'vol'], offers: ['volumes'] },
  { words: ['holdfast', 'log', 'db', '--s'], offers: ['--severity', '--since', '--sign', '--stack'] },
  { words: ['holdfast', 'status', 'db', '--s'], offers: ['--sign', '--stack'] },
  { words: ['holdfast', 'log', 'db', '--severity', ''], offers: ['DEBUG', 'INFO', 'WARN', 'ERROR'] },
  { words: ['holdfast', 'create', '--no'], offers: ['--no-fallback', '--no-persist-private-ip'] },
  { words: ['holdfast', 'create', '--life-cycle', 'o'], offers: ['on_demand'] },
  { words: ['holdfast', 'completion', ''], offers: ['bash', 'zsh', 'fish'] },
  { words: ['holdfast', 'create', '--file', 'package.j'], offers: ['package.json'] },
  { words: ['holdfast', 'status', ''], offers: [] },
])('bash offers $offers after $words', ({ words, offers }) => {
  expect(offered(...words)).toEqual(offers);
});

test('zsh offers commands with their summaries, and the choices of options', () => {
  const { zsh = '' } = scripts;
  expect(zsh).toMatch(/^#compdef holdfast\n/);
  expect(zsh).toContain(
    `'status:Show the state of an import' 'cancel:Cancel an import, and leave the instance as it was'`,
  );
  expect(zsh).toContain(
    `    --severity) offered=('DEBUG' 'INFO' 'WARN' 'ERROR'); _describe holdfast offered; return ;;\n`,
  );
  expect(zsh).toContain('    --user-data) _files; return ;;\n');
  // PATH follows this variable in zsh.
  expect(zsh).not.toMatch(/\bpath=/);
});

test('fish offers the same, and tells the status of an import from that of a node', () => {
  const lines = (scripts.fish ?? '').split('\n');
  const node = "'__fish_seen_subcommand_from status; and not __fish_seen_subcommand_from import'";
  expect(lines).toContain(`complete -c holdfast -n ${node} -l json -d 'Print JSON. This is the default in a pipe.'`);
  const none = "'__fish_use_subcommand'";
  expect(lines).toContain(`complete -c holdfast -n ${none} -a 'import' -d 'Import a running instance as a node'`);
  const log = "'__fish_seen_subcommand_from log'";
  expect(lines).toContain(
    `complete -c holdfast -n ${log} -l severity -x -a 'DEBUG INFO WARN ERROR' -d 'The lowest severity to print.'`,
  );
});
