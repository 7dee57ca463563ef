/** Checks SECURITY.md: the tables of roles, the policy that narrows imports, what people with a right can do, and the logs. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CreateNetworkInterfaceCommand, CreateTagsCommand } from '@aws-sdk/client-ec2';
import { tableRows } from '../../scripts/api-doc/field-table';
import { createNode } from '../../local/sandbox';
import { resourcesOf, template } from '../infra/synthesized-stack';
import { beginImport, KEEPING, launchPlain, progressOf, tracesOn } from '../workflows/import-play';
import { Play, plays } from '../workflows/play';
import { isAwsCommand } from './aws-cli';
import { rowsByRole } from './role-tables';
import { awsCommandsIn, unsetVariablesIn } from './shell-blocks';

const markdown = readFileSync(resolve(__dirname, '../../SECURITY.md'), 'utf8');
const open = plays();

function sectionOf(heading: string): string {
  const [, section] = markdown.split(new RegExp(`^### ${heading}$`, 'm'));
  if (section === undefined) throw new Error(`SECURITY.md has no heading ${heading}`);
  return section.split(/^##/m, 1)[0] ?? '';
}

describe('the tables of roles', () => {
  const roles = rowsByRole();
  const machines = Object.keys(roles).filter((role) => /^Operations\w+NodeRole$/.test(role));

  test.each(Object.keys(roles).filter((role) => !machines.includes(role)))('%s', (role) => {
    expect(tableRows(sectionOf(role))).toEqual(roles[role]);
  });

  test('the state machines have the same rights, and the section names each', () => {
    const section = sectionOf('The state machines');
    expect(machines).toHaveLength(Object.keys(resourcesOf('AWS::StepFunctions::StateMachine')).length);
    for (const role of machines) {
      expect(section).toContain(`\`${role}\``);
      expect(tableRows(section)).toEqual(roles[role]);
    }
  });
});

describe('the policy that narrows imports', () => {
  const [, json = ''] = /```json\n([^]*?)```/.exec(markdown) ?? [];
  const policy = JSON.parse(json) as { readonly Statement: readonly unknown[] };

  const narrowed = (): unknown => {
    const [role] = Object.keys(template.Resources).filter((logicalId) => logicalId.startsWith('StepsFunctionRole'));
    const narrowing = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'narrowing', PolicyDocument: policy, Roles: [{ Ref: role }] },
    };
    return { ...template, Resources: { ...template.Resources, Narrowing: narrowing } };
  };

  test('lets an instance with the tag be imported', async () => {
    const play = await open({ template: narrowed() });
    const plain = await launchPlain(play);
    const tagged = new CreateTagsCommand({
      Resources: [plain.instanceId, plain.interfaceId],
      Tags: [{ Key: 'importable', Value: 'yes' }],
    });
    await play.settle(play.sandbox.ec2.personClient.send(tagged));
    const migrationId = await beginImport(play, plain, KEEPING);
    await play.untilIdle();
    await play.passSeconds(180);
    expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_FINISH' });
  });

  test('leaves any other instance as it is', async () => {
    const play = await Play.open({ template: narrowed() });
    const plain = await launchPlain(play);
    const before = tracesOn(play, plain);
    const migrationId = await beginImport(play, plain, KEEPING);
    await play.untilIdle();
    expect(await progressOf(play, migrationId)).toMatchObject({
      state: 'MIGRATE_ERROR',
      errorReason: expect.stringContaining('with an explicit deny') as unknown,
    });
    expect(tracesOn(play, plain)).toEqual(before);
    await play.stop();
  });

  test('does not hinder launches and replacements', async () => {
    const play = await open({ template: narrowed() });
    await play.create();
    await play.interrupt();
    await play.passSeconds(180);
    await play.untilIdle();
    expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
    expect(play.refused()).toEqual([]);
  });
});

describe('who can do what', () => {
  test.each(['replace', 'pause', 'delete'] as const)(
    'an execution that a person starts can %s a node',
    async (kind) => {
      const play = await open();
      const { instance, id } = await play.create();
      const machine = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Node`;
      const { stepFunctions } = play.sandbox.plane;
      stepFunctions.start(play.sandbox.plane.stateMachineArn(machine), { nodeId: id, reason: 'by hand' });
      await play.untilIdle();
      expect(play.instanceState(instance?.id ?? '')).toBe('terminated');
    },
  );

  test('tags alone have an interface deleted, and no instance ended', async () => {
    const play = await open();
    await play.create();
    const { ec2, account } = play.sandbox;
    const plain = await launchPlain(play);
    const made = await play.settle(
      ec2.personClient.send(new CreateNetworkInterfaceCommand({ SubnetId: account.subnetIds[0] })),
    );
    const interfaceId = made.NetworkInterface?.NetworkInterfaceId ?? '';
    await play.passSeconds(60);
    const tags = {
      'holdfast:deployment': 'Holdfast',
      'holdfast:node-id': 'smi-99999999',
      'holdfast:left-by': 'smi-99999999',
      'holdfast:expires-at': '2020-01-01T00:00:00.000Z',
    };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await play.settle(
      ec2.personClient.send(new CreateTagsCommand({ Resources: [interfaceId, plain.instanceId], Tags })),
    );
    await play.passSeconds(60);
    await play.reconcile();
    expect(play.interfaceIds()).not.toContain(interfaceId);
    expect(play.instanceState(plain.instanceId)).toBe('running');
  });
});

test('neither logs nor executions contain the token or user data', async () => {
  const lines: unknown[] = [];
  const play = await open({ controlPlane: { log: (line) => lines.push(line) } });
  const secret = Buffer.from('#!/bin/sh\nexport PASSWORD=correct-horse\n').toString('base64');
  const document = await play.document((given) => ({
    ...given,
    compute: {
      ...given.compute,
      launchSpecification: { ...given.compute.launchSpecification, userData: secret },
    },
  }));
  const token = await play.sandbox.token();
  play.nodeId = await play.settle(createNode(play.sandbox, document));
  await play.untilIdle();
  await play.interrupt();
  await play.untilIdle();
  await play.reconcile();
  const refused = play.sandbox.plane.request({
    method: 'GET',
    path: `/aws/ec2/managedInstance/${secret}`,
    headers: { authorization: `Bearer ${token}x` },
    body: undefined,
  });
  expect(await play.settle(refused)).toMatchObject({ status: 401 });
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 100 }));
  const written = JSON.stringify([lines, play.history, entries]);
  expect(lines.length).toBeGreaterThan(20);
  expect(written).toContain(play.nodeId);
  for (const text of [token, secret, 'correct-horse']) expect(written).not.toContain(text);
  // The node has it, and so would an instance.
  expect((await play.node()).config.compute.launchSpecification.userData).toBe(secret);
});

test('the commands can be pasted', () => {
  expect(unsetVariablesIn(markdown)).toEqual([]);
  expect(awsCommandsIn(markdown).filter((command) => !isAwsCommand(command))).toEqual([]);
});
