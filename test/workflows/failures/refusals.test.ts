/** Refusals that pass, or that only one pool has: the node comes up all the same, or says what to do. */
import type { Fault } from '../../../simulator/ec2/injected-faults';
import { isWhole, MINUTE_SECONDS, refused, secondsUntil, REPORTED_WITHIN_SECONDS, WITH_RECONCILER } from '../long-play';
import { synthesizeTemplate } from '../../../infra/app';
import { Play, plays } from '../play';

const open = plays();
const ATTACHMENTS = ['cold', 'hot'] as const;

/** A subnet of 11 addresses in the account's first zone, all of them taken. */
async function fullSubnet(play: Play): Promise<string> {
  const { ec2, account } = play.sandbox;
  const subnetId = ec2.addSubnet({
    vpcId: account.vpcId,
    cidrBlock: '10.0.9.0/28',
    availabilityZone: account.availabilityZones[0],
  });
  for (let last = 4; last < 15; last += 1) await play.makeInterface(`10.0.9.${last}`, subnetId);
  return subnetId;
}

test.each(ATTACHMENTS)('%s: the next subnet is used if one is full', async (attachment) => {
  const play = await open({ attachment, controlPlane: WITH_RECONCILER });
  const full = await fullSubnet(play);
  const next = play.sandbox.account.subnetIds[1];
  await play.startCreating((document) => {
    const { privateIp: _any, ...compute } = document.compute;
    return {
      ...document,
      persistence: { ...document.persistence, persistPrivateIp: false },
      compute: { ...compute, subnetIds: [full, next] },
    };
  });
  const limit = 2 * MINUTE_SECONDS;
  expect(await secondsUntil(play, ({ status }) => status === 'ACTIVE', limit)).toBeLessThanOrEqual(limit);
  expect(await isWhole(play)).toBe(true);
  expect((await play.node()).identity.subnetId).toBe(next);
});

test.each(ATTACHMENTS)('%s: a node whose only subnet is full waits until it has room', async (attachment) => {
  const play = await open({ attachment, controlPlane: WITH_RECONCILER });
  const full = await fullSubnet(play);
  const takers = play.interfaceIds();
  await play.startCreating((document) => {
    const { privateIp: _any, ...compute } = document.compute;
    return { ...document, compute: { ...compute, subnetIds: [full] } };
  });
  const limit = REPORTED_WITHIN_SECONDS;
  const isReported = ({ status, errorReason = '' }: { status: string; errorReason?: string }) =>
    status === 'ERROR' && errorReason.includes('InsufficientFreeAddressesInSubnet');
  expect(await secondsUntil(play, isReported, limit)).toBeLessThanOrEqual(limit);
  for (const taker of takers) play.sandbox.ec2.world.networkInterfaces.delete(taker);
  await play.passSeconds(limit);
  expect(await isWhole(play)).toBe(true);
});

describe('an account without the service-linked role of Spot', () => {
  const COMMAND = 'aws iam create-service-linked-role --aws-service-name spot.amazonaws.com';
  const REFUSAL = {
    code: 'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    sentence:
      'The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.',
  };
  const isSpot = (input: unknown) => (input as { InstanceMarketOptions?: unknown }).InstanceMarketOptions !== undefined;

  test.each(ATTACHMENTS)('%s: the reason names the one command; the node comes up afterwards', async (attachment) => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    play.fault = (command, input) => (command === 'RunInstances' && isSpot(input) ? refused(REFUSAL) : undefined);
    await play.startCreating((document) => ({
      ...document,
      strategy: { ...document.strategy, fallbackToOd: false },
    }));
    const says = await secondsUntil(
      play,
      ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(COMMAND),
      REPORTED_WITHIN_SECONDS,
    );
    expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
    play.fault = () => undefined;
    await play.passSeconds(REPORTED_WITHIN_SECONDS);
    expect(await isWhole(play)).toBe(true);
  });

  /** As a permissions boundary or an organisation's policy would have it. */
  function withoutTheRight(): unknown {
    const text = JSON.stringify(synthesizeTemplate()).replaceAll('iam:CreateServiceLinkedRole', 'iam:GetRole');
    expect(text).toContain('iam:GetRole');
    return JSON.parse(text);
  }

  test('the steps may not make it: the reason names the command, and its effect is enough', async () => {
    const play = await Play.open({
      template: withoutTheRight(),
      ec2: { spotServiceLinkedRole: false },
      controlPlane: WITH_RECONCILER,
    });
    const isTold = ({ status, errorReason = '' }: { status: string; errorReason?: string }) =>
      status === 'ERROR' && errorReason.includes(`run \`${COMMAND}\` once`);
    await play.startCreating((document) => ({ ...document, strategy: { ...document.strategy, fallbackToOd: false } }));
    await secondsUntil(play, isTold, REPORTED_WITHIN_SECONDS);
    expect(isTold(await play.node())).toBe(true);
    play.sandbox.ec2.createSpotServiceLinkedRole();
    await play.passSeconds(REPORTED_WITHIN_SECONDS);
    expect(await isWhole(play)).toBe(true);
    await play.stop();
  });

  test('the steps may make it: the first spot launch does', async () => {
    const play = await open({ ec2: { spotServiceLinkedRole: false } });
    expect((await play.create()).instance?.lifeCycle).toBe('spot');
    expect(play.sandbox.ec2.world.hasSpotRole).toBe(true);
  });
});

describe('something that a user made seconds ago, and that EC2 does not find yet', () => {
  const NOT_FOUND = [
    { code: 'InvalidGroup.NotFound', sentence: "The security group 'sg-0123' does not exist", by: 'RunInstances' },
    { code: 'InvalidAMIID.NotFound', sentence: "The image id '[ami-0123]' does not exist", by: 'RunInstances' },
    {
      code: 'InvalidGroup.NotFound',
      sentence: "The security group 'sg-0123' does not exist",
      by: 'CreateNetworkInterface',
    },
    {
      code: 'InvalidSubnetID.NotFound',
      sentence: "The subnet ID 'subnet-0123' does not exist",
      by: 'CreateNetworkInterface',
    },
  ] as const;

  test.each(ATTACHMENTS.flatMap((attachment) => NOT_FOUND.map((row) => ({ attachment, ...row }))))(
    '$attachment: $code from $by is retried for some seconds',
    async ({ attachment, by, ...refusal }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      const until = play.clock.now() + 20_000;
      play.fault = (command) => (command === by && play.clock.now() < until ? refused(refusal) : undefined);
      await play.startCreating();
      await play.passSeconds(2 * MINUTE_SECONDS);
      expect(await isWhole(play)).toBe(true);
      expect((await play.node()).errorReason).toBeUndefined();
    },
  );

  test.each(ATTACHMENTS)('%s: the retries end', async (attachment) => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const [refusal] = NOT_FOUND;
    play.fault = (command) => (command === 'RunInstances' ? refused(refusal) : undefined);
    await play.startCreating();
    const says = await secondsUntil(
      play,
      ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(refusal.sentence),
      REPORTED_WITHIN_SECONDS,
    );
    expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
  });
});

describe('a launch that one pool refuses for a reason of its own', () => {
  const REFUSALS = [
    { code: 'UnsupportedOperation', sentence: 'The requested configuration is currently not supported.' },
    { code: 'InstanceCreditSpecification.NotSupported', sentence: 'The instance type does not take credits.' },
    { code: 'Unsupported', sentence: 'Your requested instance type is not supported in your Availability Zone.' },
    { code: 'InsufficientVolumeCapacity', sentence: 'There is not enough capacity to fulfill your volume request.' },
    { code: 'VolumeLimitExceeded', sentence: 'You have exceeded your maximum gp3 storage limit.' },
  ] as const;

  test.each(ATTACHMENTS.flatMap((attachment) => REFUSALS.slice(0, 4).map((row) => ({ attachment, ...row }))))(
    '$attachment: $code leads to the next pool',
    async ({ attachment, ...refusal }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      play.fault = (command, input) =>
        command === 'RunInstances' && isPreferred(input) ? refused(refusal) : undefined;
      await play.startCreating();
      await play.passSeconds(2 * MINUTE_SECONDS);
      expect(await isWhole(play)).toBe(true);
      expect((await play.node()).instance?.instanceType).toBe('m6g.large');
    },
  );

  test.each(ATTACHMENTS.flatMap((attachment) => REFUSALS.map((row) => ({ attachment, ...row }))))(
    '$attachment: $code from all pools is reported in EC2’s words, and tried again',
    async ({ attachment, ...refusal }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      play.fault = (command) => (command === 'RunInstances' ? refused(refusal) : undefined);
      await play.startCreating();
      const says = await secondsUntil(
        play,
        ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(refusal.sentence),
        REPORTED_WITHIN_SECONDS,
      );
      expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
      play.fault = () => undefined;
      await play.passSeconds(REPORTED_WITHIN_SECONDS);
      expect(await isWhole(play)).toBe(true);
    },
  );

  function isPreferred(input: unknown): boolean {
    return (input as { InstanceType?: string }).InstanceType === 'm7g.large';
  }
});

describe('instances that end while they are pending', () => {
  const REASONS = [
    { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' },
    { code: 'Client.VolumeLimitExceeded', message: 'Client.VolumeLimitExceeded: Volume limit exceeded' },
    { code: 'Server.InternalError', message: 'Server.InternalError: Internal error on launch' },
  ] as const;
  const ROWS = ATTACHMENTS.flatMap((attachment) => REASONS.map((stateReason) => ({ attachment, stateReason })));

  test.each(ROWS)(
    '$attachment: $stateReason.code is in the reason and in the log',
    async ({ attachment, stateReason }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      play.sandbox.ec2.failLaunches({ stateReason });
      await play.startCreating();
      const says = await secondsUntil(
        play,
        ({ status, errorReason = '' }) => status === 'ERROR' && errorReason.includes(stateReason.message),
        REPORTED_WITHIN_SECONDS,
      );
      expect(says).toBeLessThanOrEqual(REPORTED_WITHIN_SECONDS);
      const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
      expect(entries.map(({ message }) => message)).toContainEqual(expect.stringContaining(stateReason.message));

      play.sandbox.ec2.spareLaunches();
      await play.passSeconds(REPORTED_WITHIN_SECONDS);
      expect(await isWhole(play)).toBe(true);
    },
  );

  test.each(ROWS)(
    '$attachment: after two instances with $stateReason.code the third carries the node',
    async ({ attachment, stateReason }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      const { identity } = await play.create();
      play.sandbox.ec2.failLaunches({ stateReason, count: 2 });
      await play.settle(play.service.act(play.nodeId, 'recycle'));
      await play.passSeconds(6 * MINUTE_SECONDS);
      expect(await isWhole(play)).toBe(true);
      expect((await play.node()).identity.interfaceId).toBe(identity.interfaceId);
    },
  );
});

describe('a call that EC2 asks us to send again later', () => {
  const AGAIN = ['RetryableError', 'ConcurrentTagAccess', 'RequestExpired', 'PendingVerification'] as const;
  const again = (code: string): Fault => refused({ code, sentence: 'Try again later.' });

  test.each(ATTACHMENTS.flatMap((attachment) => AGAIN.map((code) => ({ attachment, code }))))(
    '$attachment: RunInstances is sent again after $code',
    async ({ attachment, code }) => {
      const play = await open({ attachment, controlPlane: WITH_RECONCILER });
      await play.create();
      let until: number | undefined;
      play.fault = (command) => {
        if (command !== 'RunInstances') return undefined;
        until ??= play.clock.now() + 20_000;
        return play.clock.now() < until ? again(code) : undefined;
      };
      await play.settle(play.service.act(play.nodeId, 'recycle'));
      await play.passSeconds(3 * MINUTE_SECONDS);
      expect(await isWhole(play)).toBe(true);
      expect((await play.node()).errorReason).toBeUndefined();
    },
  );
});
