/** FIS and the roles that it assumes, as the simulator plays them. */
import {
  CreateExperimentTemplateCommand,
  DeleteExperimentTemplateCommand,
  GetExperimentCommand,
  StartExperimentCommand,
  StopExperimentCommand,
} from '@aws-sdk/client-fis';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { LocalFaultInjection } from '../../simulator/services/fault-injection';
import { LocalRoles } from '../../simulator/services/roles';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';

const ACCOUNT = '123456789012';
const INSTANCE_ARN = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1234567890abcdef0`;
const TRUST = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

function anInterrupter() {
  const clock = new VirtualClock();
  const roles = new LocalRoles(clock, ACCOUNT);
  const interrupted: string[] = [];
  const fis = new LocalFaultInjection({
    clock,
    random: new Random(1),
    mayInterrupt: (roleArn, resource) =>
      roles.allows('fis.amazonaws.com', roleArn, { action: 'ec2:SendSpotInstanceInterruptions', resource }),
    interrupt: (id) => interrupted.push(id),
  });
  return { clock, roles, fis, interrupted };
}

type Interrupter = ReturnType<typeof anInterrupter>;

async function aRole({ roles }: Interrupter, resource = INSTANCE_ARN): Promise<string> {
  const { Role } = await roles.client.send(new CreateRoleCommand({ RoleName: 'fis', AssumeRolePolicyDocument: TRUST }));
  const statement = { Effect: 'Allow', Action: 'ec2:SendSpotInstanceInterruptions', Resource: resource };
  const PolicyDocument = JSON.stringify({ Statement: [statement] });
  await roles.client.send(new PutRolePolicyCommand({ RoleName: 'fis', PolicyName: 'interrupt', PolicyDocument }));
  return Role?.Arn ?? '';
}

const template = (roleArn: string, changes: object = {}) =>
  new CreateExperimentTemplateCommand({
    clientToken: 'token',
    description: 'a test',
    roleArn,
    stopConditions: [{ source: 'none' }],
    targets: { node: { resourceType: 'aws:ec2:spot-instance', resourceArns: [INSTANCE_ARN], selectionMode: 'ALL' } },
    actions: {
      interrupt: {
        actionId: 'aws:ec2:send-spot-instance-interruptions',
        parameters: { durationBeforeInterruption: 'PT2M' },
        targets: { SpotInstances: 'node' },
      },
    },
    ...changes,
  });

async function started({ fis }: Interrupter, roleArn: string): Promise<string> {
  const { experimentTemplate } = await fis.client.send(template(roleArn));
  const experimentTemplateId = experimentTemplate?.id;
  const { experiment } = await fis.client.send(new StartExperimentCommand({ experimentTemplateId, clientToken: '1' }));
  return experiment?.id ?? '';
}

const stateOf = async ({ fis }: Interrupter, id: string) =>
  (await fis.client.send(new GetExperimentCommand({ id }))).experiment;

test('an experiment begins, interrupts the instance, and completes after two minutes', async () => {
  const play = anInterrupter();
  const roleArn = await aRole(play);
  await play.clock.advance(10_000);
  const id = await started(play, roleArn);
  expect((await stateOf(play, id))?.state?.status).toBe('initiating');
  expect(play.interrupted).toEqual([]);
  await play.clock.advance(2_000);
  const running = await stateOf(play, id);
  expect(running?.state?.status).toBe('running');
  expect(running?.actions?.['interrupt']?.startTime?.getTime()).toBe(play.clock.now());
  expect(play.interrupted).toEqual(['i-1234567890abcdef0']);
  await play.clock.advance(120_000);
  expect((await stateOf(play, id))?.state?.status).toBe('completed');
  await expect(play.fis.client.send(new StopExperimentCommand({ id }))).rejects.toThrow(/is completed/);
});

test.each([
  { why: 'the role is new', waitMs: 0, resource: INSTANCE_ARN },
  { why: 'the role may not interrupt the instance', waitMs: 10_000, resource: `${INSTANCE_ARN}0` },
])('an experiment fails if $why', async ({ waitMs, resource }) => {
  const play = anInterrupter();
  const roleArn = await aRole(play, resource);
  await play.clock.advance(waitMs);
  const id = await started(play, roleArn);
  await play.clock.advance(2_000);
  expect((await stateOf(play, id))?.state).toEqual({ status: 'failed', reason: expect.stringContaining(roleArn) });
  expect(play.interrupted).toEqual([]);
});

test('an experiment that is stopped before its action interrupts nothing', async () => {
  const play = anInterrupter();
  const roleArn = await aRole(play);
  await play.clock.advance(10_000);
  const id = await started(play, roleArn);
  await play.fis.client.send(new StopExperimentCommand({ id }));
  await play.clock.advance(200_000);
  expect([play.interrupted, (await stateOf(play, id))?.state?.status]).toEqual([[], 'stopped']);
});

test.each([
  { what: 'another duration', changes: { actions: {} } },
  { what: 'no target', changes: { targets: {} } },
  { what: 'no stop condition', changes: { stopConditions: [] } },
  { what: 'no token', changes: { clientToken: '' } },
])('a template with $what is refused', async ({ changes }) => {
  const { fis } = anInterrupter();
  await expect(fis.client.send(template('arn:aws:iam::1:role/x', changes))).rejects.toThrow(
    expect.objectContaining({ name: 'ValidationException' }),
  );
});

test('a template that does not exist is not found', async () => {
  const { fis } = anInterrupter();
  await expect(fis.client.send(new DeleteExperimentTemplateCommand({ id: 'EXT1' }))).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
});

test('a role with a policy cannot be deleted, and a missing one is not found', async () => {
  const play = anInterrupter();
  await aRole(play);
  const { client } = play.roles;
  const named = (name: string) => expect.objectContaining({ name });
  await expect(aRole(play)).rejects.toThrow(named('EntityAlreadyExistsException'));
  await expect(client.send(new DeleteRoleCommand({ RoleName: 'fis' }))).rejects.toThrow(
    named('DeleteConflictException'),
  );
  await client.send(new DeleteRolePolicyCommand({ RoleName: 'fis', PolicyName: 'interrupt' }));
  await client.send(new DeleteRoleCommand({ RoleName: 'fis' }));
  expect(play.roles.names()).toEqual([]);
  await expect(client.send(new DeleteRoleCommand({ RoleName: 'fis' }))).rejects.toThrow(named('NoSuchEntityException'));
});
