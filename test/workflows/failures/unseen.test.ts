/** An operation fails, a person must act before the next one can succeed, and EC2 cannot be asked what exists. */
import { DisassociateAddressCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { isIn, livingInstances, MINUTE_SECONDS, WITH_RECONCILER } from '../long-play';
import { plays, type Play } from '../play';

const open = plays();

async function releaseElasticIp(play: Play): Promise<void> {
  const { personClient } = play.sandbox.ec2;
  await play.settle(personClient.send(new DisassociateAddressCommand({ AssociationId: play.associationId() })));
  await play.settle(personClient.send(new ReleaseAddressCommand({ AllocationId: play.elasticIp })));
}

const HIDDEN_SECONDS = 30;

/** The next failure is recorded without a look at EC2. */
function hideFromFailure(play: Play): void {
  const since = play.clock.now();
  let until = Infinity;
  play.fault = (command) => {
    if (command !== 'DescribeInstances' || !isIn(play, 'Record the failure', since)) return undefined;
    until = Math.min(until, play.clock.now() + HIDDEN_SECONDS * 1000);
    return play.clock.now() < until ? { kind: 'error-before' } : undefined;
  };
}

/** The record must name the instance that exists, or none. */
async function expectKnown(play: Play): Promise<void> {
  const { instance, operation, status, errorReason } = await play.node();
  expect({ status, operation }).toEqual({ status: 'ERROR', operation: undefined });
  expect(errorReason).toContain('ElasticIpMissing');
  expect(livingInstances(play).map(({ id }) => id)).toEqual(instance === undefined ? [] : [instance.id]);
}

describe.each(['cold', 'hot'] as const)('%s: a failure that leaves the rest to a person', (attachment) => {
  test('a pause, and then a resume: the node has an instance again', async () => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const { instance } = await play.create();
    await releaseElasticIp(play);
    hideFromFailure(play);
    await play.settle(play.service.act(play.nodeId, 'pause'));
    // The instance is ending by then.
    await play.passSeconds(2);
    await play.settle(play.service.act(play.nodeId, 'resume'));
    await play.passSeconds(1);
    expect((await play.node()).intents).toMatchObject([{ kind: 'launch' }]);
    await play.passSeconds(20 * MINUTE_SECONDS);
    expect(play.instanceState(instance?.id ?? '')).toBe('terminated');
    await expectKnown(play);
  });

  test('a replacement: the record names the instance that exists', async () => {
    const play = await open({ attachment, controlPlane: WITH_RECONCILER });
    const { instance } = await play.create();
    await releaseElasticIp(play);
    hideFromFailure(play);
    await play.interrupt();
    await play.passSeconds(20 * MINUTE_SECONDS);
    expect(play.instanceState(instance?.id ?? '')).toBe('terminated');
    await expectKnown(play);
  });
});
