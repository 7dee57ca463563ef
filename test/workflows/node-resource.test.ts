/**
 * Nodes that a CloudFormation template declares: the handler of the custom resource on the real service, called as CDK's
 * provider framework calls it.
 */
import type { NodeConfig } from '../../domain/config/node-config';
import { createHandler } from '../../lambdas/node-resource/handler';
import { nodeIdFor } from '../../lambdas/api/node-id';
import { Random } from '../../simulator/time/random';
import { MINUTE_SECONDS, refused, secondsUntil, WITH_RECONCILER } from './long-play';
import { aLog } from '../lambdas/runtime';
import { plays, type Play, type PlayOptions } from './play';

const open = plays();

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/App/0a1b';
const POLL_SECONDS = 10;
const POLLS_MAX = 330;

interface Outcome {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  readonly physicalId: string;
  readonly data?: unknown;
}

type Properties = Readonly<Record<string, string>>;

const propertiesOf = (document: unknown, deletion: object = { shouldDeleteNetworkInterfaces: true }): Properties => ({
  ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:framework-onEvent',
  Document: JSON.stringify(document),
  Deletion: JSON.stringify(deletion),
});

/** CloudFormation with the provider framework, for one resource. */
class Deployer {
  private readonly handle: (event: unknown) => Promise<unknown>;
  private requests = 0;
  private readonly random = new Random('deployer');

  constructor(private readonly play: Play) {
    const { plane } = play.sandbox;
    this.handle = createHandler({
      environment: plane.environmentOf('NodeApi'),
      ...plane.clientsOf('NodeApi'),
      time: { now: () => new Date(play.clock.now()), sleep: (delayMs) => play.clock.sleep(delayMs) },
      randomHex: (digits) => this.random.hex(digits),
      log: aLog(),
      measure: () => undefined,
    });
  }

  event(RequestType: string, ResourceProperties: Properties, more: object = {}): object {
    this.requests += 1;
    const RequestId = `request-${this.requests}`;
    return { RequestType, RequestId, StackId: STACK_ID, LogicalResourceId: 'Db', ResourceProperties, ...more };
  }

  async call(event: object): Promise<any> {
    return this.play.settle(this.handle(JSON.parse(JSON.stringify(event))));
  }

  async run(event: { readonly PhysicalResourceId?: string }): Promise<Outcome> {
    let physicalId = event.PhysicalResourceId ?? 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED';
    try {
      const accepted = await this.call(event);
      physicalId = accepted.PhysicalResourceId;
      for (let poll = 0; poll < POLLS_MAX; poll += 1) {
        const { IsComplete, Data } = await this.call({ ...event, ...accepted });
        if (IsComplete === true) return { status: 'SUCCESS', physicalId, data: Data };
        await this.play.passSeconds(POLL_SECONDS);
      }
      throw new Error('Operation timed out');
    } catch (error) {
      return { status: 'FAILED', reason: (error as Error).message, physicalId };
    }
  }

  create = (document: unknown) => this.run(this.event('Create', propertiesOf(document)));
  update = (physicalId: string, before: unknown, after: unknown) =>
    this.run(
      this.event('Update', propertiesOf(after), {
        PhysicalResourceId: physicalId,
        OldResourceProperties: propertiesOf(before),
      }),
    );
  delete = (PhysicalResourceId: string, document: unknown, deletion?: object) =>
    this.run(this.event('Delete', propertiesOf(document, deletion), { PhysicalResourceId }));
}

async function begin(controlPlane: PlayOptions['controlPlane'] = {}) {
  const play = await open({ controlPlane });
  const { region: _implied, ...document } = await play.document();
  return { play, document, deployer: new Deployer(play), nodes: () => allNodes(play) };
}

async function allNodes(play: Play): Promise<readonly string[]> {
  const ids: string[] = [];
  const list = async () => {
    for await (const node of play.service.list()) ids.push(node.id);
  };
  await play.settle(list());
  return ids;
}

test('a creation waits until the node is ACTIVE, and returns its addresses', async () => {
  const { play, document, deployer, nodes } = await begin();
  const created = await deployer.create(document);
  play.nodeId = created.physicalId;
  const addresses = await play.addresses();
  expect(created).toEqual({
    status: 'SUCCESS',
    physicalId: nodeIdFor(`${STACK_ID}/Db/request-1`),
    data: {
      privateIp: '10.0.0.42',
      publicIp: addresses?.publicIp,
      networkInterfaceId: addresses?.networkInterfaceId,
    },
  });
  expect((await play.node()).status).toBe('ACTIVE');
  expect(await nodes()).toEqual([created.physicalId]);
});

test('a node without a public IP has an empty one, because a template could not read an absent attribute', async () => {
  const { document, deployer } = await begin();
  const { elasticIp: _none, ...compute } = document.compute;
  expect(await deployer.create({ ...document, compute })).toMatchObject({ status: 'SUCCESS', data: { publicIp: '' } });
});

test('an invalid document fails the creation with every error, makes nothing, and is rolled back', async () => {
  const { document, deployer, nodes } = await begin();
  const failed = await deployer.create({ ...document, colour: 'red', name: '' });
  expect(failed).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/colour[^]*name|name[^]*colour/) });
  expect(await nodes()).toEqual([]);
  expect(await deployer.delete(failed.physicalId, document)).toMatchObject({ status: 'SUCCESS' });
});

test('a node in ERROR fails the creation with its errorReason, and the rollback deletes the node and what it has', async () => {
  const { play, document, deployer, nodes } = await begin(WITH_RECONCILER);
  const refusal = refused({ code: 'InvalidParameterValue', sentence: 'EC2 says no' });
  play.fault = (command) => (command === 'RunInstances' ? refusal : undefined);
  const failed = await deployer.create({ ...document, strategy: { ...document.strategy, fallbackToOd: false } });
  expect(failed).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('is in ERROR: launch failed') });
  expect(await nodes()).toEqual([failed.physicalId]);
  play.fault = () => undefined;
  expect(await deployer.delete(failed.physicalId, document)).toEqual({
    status: 'SUCCESS',
    physicalId: failed.physicalId,
  });
  expect(await nodes()).toEqual([]);
  expect(play.interfaceIds()).toEqual([]);
  expect(await play.claims()).toEqual([]);
});

test('a throttled call does not fail a creation: the next poll makes the node', async () => {
  const { play, document, deployer, nodes } = await begin();
  let calls = 0;
  const throttled = refused({ code: 'RequestLimitExceeded', sentence: 'Request limit exceeded.' });
  play.fault = (command) => (command === 'DescribeSubnets' && (calls += 1) === 1 ? throttled : undefined);
  const created = await deployer.create(document);
  expect(calls).toBeGreaterThan(1);
  expect(created).toMatchObject({ status: 'SUCCESS' });
  expect(await nodes()).toEqual([created.physicalId]);
});

test('a repeated event, and a poll whose response was lost, make no second node', async () => {
  const { document, deployer, nodes } = await begin();
  const event = deployer.event('Create', propertiesOf(document));
  const accepted = await deployer.call(event);
  expect(await nodes()).toEqual([]);
  expect(await deployer.call(event)).toEqual(accepted);
  await Promise.all([1, 2].map(() => deployer.call({ ...event, ...accepted })));
  await deployer.call({ ...event, ...accepted });
  expect(await nodes()).toEqual([accepted.PhysicalResourceId]);
  expect(await deployer.run(event)).toMatchObject({ status: 'SUCCESS' });
  expect(await nodes()).toHaveLength(1);
});

describe('an update', () => {
  const groups = (document: Partial<NodeConfig>, ids: readonly string[]) => ({
    ...document,
    compute: {
      ...document.compute!,
      launchSpecification: { ...document.compute!.launchSpecification, securityGroupIds: ids },
    },
  });

  test('changes the document, removes what it no longer has, and waits until it is applied', async () => {
    const { play, document, deployer } = await begin();
    const { physicalId } = await deployer.create({ ...document, description: 'the first' });
    const group = play.sandbox.ec2.addSecurityGroup({ vpcId: play.sandbox.account.vpcId, name: 'another' });
    const after = groups(document, [group]);
    expect(await deployer.update(physicalId, document, after)).toMatchObject({ status: 'SUCCESS', physicalId });
    const node = await play.settle(play.service.get(physicalId));
    expect(node.config.description).toBeUndefined();
    expect(node.config.compute.launchSpecification.securityGroupIds).toEqual([group]);
    const eni = play.sandbox.ec2.world.networkInterfaces.get(node.identity.interfaceId ?? '');
    expect(eni?.groupIds).toEqual([group]);
  });

  test('that is refused fails, changes nothing, and its rollback succeeds', async () => {
    const { play, document, deployer } = await begin();
    const { physicalId } = await deployer.create(document);
    const refused = groups(document, ['sg-0123456789abcdef0']);
    expect(await deployer.update(physicalId, document, refused)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('sg-0123456789abcdef0 does not exist'),
    });
    expect(await deployer.update(physicalId, refused, document)).toMatchObject({ status: 'SUCCESS', physicalId });
    expect((await play.settle(play.service.get(physicalId))).status).toBe('ACTIVE');
  });

  describe('of a node in ERROR', () => {
    /** The node has lost its instance, and its launch has failed once. */
    async function inError() {
      const begun = await begin(WITH_RECONCILER);
      const { play, document, deployer } = begun;
      const { physicalId } = await deployer.create(document);
      play.nodeId = physicalId;
      const refusal = refused({ code: 'InvalidParameterValue', sentence: 'EC2 says no' });
      play.fault = (command) => (command === 'RunInstances' ? refusal : undefined);
      await play.terminateByHand((await play.node()).instance?.id ?? '');
      const seconds = await secondsUntil(play, ({ status }) => status === 'ERROR', 15 * MINUTE_SECONDS);
      expect(seconds).toBeLessThan(Infinity);
      expect((await play.node()).failure?.count).toBe(1);
      return { ...begun, physicalId, after: { ...document, description: 'mended' } };
    }

    test('waits for the next try, which may succeed', async () => {
      const { play, document, deployer, physicalId, after } = await inError();
      const updating = deployer.event('Update', propertiesOf(after), {
        PhysicalResourceId: physicalId,
        OldResourceProperties: propertiesOf(document),
      });
      const accepted = await deployer.call(updating);
      expect(await deployer.call({ ...updating, ...accepted })).toEqual({ IsComplete: false });
      play.fault = () => undefined;
      expect(await deployer.run(updating)).toMatchObject({ status: 'SUCCESS', physicalId });
      expect(await play.node()).toMatchObject({ status: 'ACTIVE', config: { description: 'mended' } });
    });

    test('fails with the errorReason if the next try fails, too', async () => {
      const { play, document, deployer, physicalId, after } = await inError();
      expect(await deployer.update(physicalId, document, after)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(/is in ERROR: .*EC2 says no/),
      });
      expect((await play.node()).failure?.count).toBeGreaterThan(1);
    });
  });

  test('of the VPC makes another node, and leaves the old one to its deletion', async () => {
    const { document, deployer, nodes } = await begin();
    const created = await deployer.create(document);
    const elsewhere = { ...document, compute: { ...document.compute, vpcId: 'vpc-0123456789abcdef0' } };
    const failed = await deployer.update(created.physicalId, document, elsewhere);
    expect(failed).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('does not exist') });
    expect(failed.physicalId).not.toBe(created.physicalId);
    // CloudFormation cleans up the new one.
    expect(await deployer.delete(failed.physicalId, elsewhere)).toMatchObject({ status: 'SUCCESS' });
    expect(await nodes()).toEqual([created.physicalId]);
  });
});

describe('a deletion', () => {
  test('waits until the node and its interface are gone', async () => {
    const { play, document, deployer, nodes } = await begin();
    const { physicalId } = await deployer.create(document);
    expect(await deployer.delete(physicalId, document)).toMatchObject({ status: 'SUCCESS', physicalId });
    expect(await nodes()).toEqual([]);
    expect(play.interfaceIds()).toEqual([]);
    expect(play.liveInstanceIds()).toEqual([]);
  });

  test('leaves what it was told to leave', async () => {
    const { play, document, deployer } = await begin();
    const { physicalId } = await deployer.create(document);
    const deletion = { shouldDeleteNetworkInterfaces: false };
    expect(await deployer.delete(physicalId, document, deletion)).toMatchObject({ status: 'SUCCESS' });
    expect(play.interfaceIds()).toHaveLength(1);
  });

  test.each(['smi-00000000', 'AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID', 'no node'])(
    'of %s, which does not exist, succeeds',
    async (physicalId) => {
      const { document, deployer } = await begin();
      expect(await deployer.delete(physicalId, document)).toMatchObject({ status: 'SUCCESS' });
    },
  );
});
