/** The outputs that are commands: a shell runs them as they are, here with stand-ins for `aws` and `npx`. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesizeTemplate } from '../../infra/app';
import { unsetVariablesIn } from '../docs/shell-blocks';
import { TemplateValues } from '../../simulator/cloudformation/template-values';
import { template, type SynthesizedTemplate } from './synthesized-stack';

/** Resolves an output as CloudFormation does. The attributes that it does not know are those of services' own naming. */
function valueOf(output: string, from: SynthesizedTemplate = template): string {
  const named = JSON.parse(
    JSON.stringify(from.Outputs[output]?.Value, (_key, value) =>
      value?.['Fn::GetAtt']?.[1] === 'ApiEndpoint' ? 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com' : value,
    ),
  );
  const topic = { Type: 'AWS::SQS::Queue' };
  const resources = Object.entries(from.Resources).map(([id, resource]) => [
    id,
    // The simulator has no topics: any type whose Ref is its name will do.
    resource.Type === 'AWS::SNS::Topic' ? topic : resource,
  ]);
  return new TemplateValues({ Resources: Object.fromEntries(resources) }).text(named);
}

const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line in bash. `aws` returns a secret, and both programs write down how they were called. */
function run(line: string): { readonly stdout: string; readonly calls: string } {
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  for (const program of ['aws', 'npx']) {
    const file = join(folder, program);
    writeFileSync(
      file,
      `#!/bin/sh\necho "${program} $*" >>${calls}\necho '{"current":"the-token","previous":"old"}'\n`,
    );
    chmodSync(file, 0o755);
  }
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  // With a socket for standard input, bash takes itself for a remote shell, and would read the machine's bashrc.
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euc', line], { encoding: 'utf8', env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { stdout, calls: readFileSync(calls, 'utf8').trim() };
}

const VARIABLES = ['AWS_REGION', 'API_URL', 'TOKEN', 'SECRET', 'TABLE', 'RECONCILER', 'WAKE_WAITER', 'QUEUE'];

test('ShellVariables sets each variable, the token included', () => {
  const print = [...VARIABLES, 'REPLACE_NODE', 'DELETE_NODE'].map((name) => `echo "${name}=$${name}"`).join('; ');
  const { stdout, calls } = run(`${valueOf('ShellVariables')}; ${print}`);
  expect(
    Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    ),
  ).toEqual({
    AWS_REGION: 'us-east-1',
    API_URL: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
    TOKEN: 'the-token',
    SECRET: expect.stringMatching(/^arn:aws:secretsmanager:.*NodeApiTokenSecret/),
    TABLE: expect.stringMatching(/^NodesTable/),
    RECONCILER: expect.stringMatching(/^ReconcilerFunction/),
    WAKE_WAITER: expect.stringMatching(/^WaiterWakeUpWakeWaiter/),
    QUEUE: expect.stringMatching(/^UndeliveredEventsQueue/),
    REPLACE_NODE: 'arn:aws:states:us-east-1:123456789012:stateMachine:Holdfast-replace-node',
    DELETE_NODE: 'arn:aws:states:us-east-1:123456789012:stateMachine:Holdfast-delete-node',
  });
  expect(calls).toMatch(/^aws secretsmanager get-secret-value --region us-east-1 --secret-id arn:\S+ --query/);
});

test('with signed requests, there is no token to read', () => {
  const signed = synthesizeTemplate({ api: { authentication: 'iam' } }) as SynthesizedTemplate;
  const { stdout, calls } = run(`${valueOf('ShellVariables', signed)}; echo "$API_URL \${TOKEN-none} \${SECRET-none}"`);
  expect(stdout).toMatch(/^https:\S+ none none$/m);
  expect(calls).toBe('');
});

test.each([
  { output: 'ListNodesCommand', call: 'npx holdfast --stack Holdfast --region us-east-1 list' },
  {
    output: 'SubscribeCommand',
    call: expect.stringMatching(/^aws sns subscribe --region us-east-1 --topic-arn \S+ --/),
  },
])('$output is one command', ({ output, call }) => {
  expect(run(valueOf(output)).calls).toEqual(call);
});

test.each(['recovery.md', 'runbook.md'])(
  'the commands of %s set what they use, or find it in ShellVariables',
  (file) => {
    const exported = [...valueOf('ShellVariables').matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name!);
    const unset = unsetVariablesIn(readFileSync(resolve(__dirname, '../../docs', file), 'utf8'));
    expect(unset.filter((each) => !exported.includes(each.replace(/^.*\$/, '')))).toEqual([]);
  },
);

test.each([
  { name: 'by default', from: () => template },
  {
    name: 'with signed requests',
    from: () => synthesizeTemplate({ api: { authentication: 'iam' } }) as SynthesizedTemplate,
  },
])('every output has a description that is a sentence or a command: $name', ({ from }) => {
  for (const output of Object.values(from().Outputs)) {
    // CloudFormation takes no reference in it.
    expect((output as unknown as { Description: unknown }).Description).toEqual(
      expect.stringMatching(/^\S+ \S+ .{4,}/),
    );
  }
});
