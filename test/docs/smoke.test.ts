/** Checks docs/smoke.md: the policy allows exactly the calls that the smoke test makes, and the table has every field. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { reportSchema } from '../../scripts/smoke/report-schema';
import { measuredSettingsSchema } from '../../simulator/ec2/measured-settings';
import { anAccount, smoke } from '../scripts/smoke/smoke-account';

const markdown = readFileSync(resolve(__dirname, '../../docs/smoke.md'), 'utf8');
const json = [...markdown.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text ?? ''));

/** No calls, or made by other parts: to tag what a call makes, to pass a role, and to find and reach the deployment. */
const BESIDE = [
  'cloudformation:DescribeStacks',
  'ec2:CreateTags',
  'fis:TagResource',
  'iam:CreateServiceLinkedRole',
  'iam:PassRole',
  'iam:TagRole',
  'secretsmanager:GetSecretValue',
];

test('the policy allows the calls of a run and of a clean-up, and no others', async () => {
  const called = new Set(BESIDE);
  for (const isComplete of [true, false]) {
    const account = await anAccount();
    account.tamper = async (client, command, send) => {
      called.add(`${client}:${command}`);
      const response = await send();
      // Then the clean-up looks for the template, and takes the Elastic IP off.
      if (!isComplete && command === 'CreateExperimentTemplate') throw new Error('no response');
      return response;
    };
    await smoke(account, ['--attachment', 'cold', '--yes'], {
      reach: {
        fetch: async (request) => {
          if (!isComplete && request.method === 'DELETE') throw new TypeError('fetch failed');
          return account.fetch(request);
        },
      },
    });
  }
  const [policy] = json;
  const allowed = policy.Statement.flatMap(({ Action }: { readonly Action: string | readonly string[] }) => Action);
  expect([...new Set(allowed)].sort()).toEqual([...called].sort());
});

test('the table has every field of the report', () => {
  const [, table = ''] = markdown.split('## The report');
  for (const field of Object.keys(reportSchema.shape)) expect(table).toContain(`\`${field}\``);
});

test('the example of a file of latencies is one', () => {
  expect(measuredSettingsSchema.safeParse(json[1].simulator).error).toBeUndefined();
});
