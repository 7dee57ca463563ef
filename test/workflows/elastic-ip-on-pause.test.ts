/** The Elastic IP of a paused node: it stays on the interface, or is taken off until the next resume. */
import { AssociateAddressCommand } from '@aws-sdk/client-ec2';
import { plays, type Adjust, type Play } from './play';

const open = plays();

const takingOff: Adjust = (document) => ({
  ...document,
  persistence: { ...document.persistence, shouldKeepElasticIpOnPause: false },
});

const act = (play: Play, action: 'pause' | 'resume' | 'recycle') =>
  play.ask((service) => service.act(play.nodeId, action));

describe.each([{ elasticIpSurvivesTermination: false }, { elasticIpSurvivesTermination: true }])('$#', (ec2) => {
  test('it stays on the interface unless asked otherwise', async () => {
    const play = await open({ ec2 });
    await play.create();
    await act(play, 'pause');

    const { identity } = await play.node();
    expect(play.elasticIpHolder()).toBe(identity.interfaceId);
    expect(identity.publicIp).toBeDefined();
  });

  test.each(['cold' as const, 'hot' as const])(
    'it is off the interface during the pause and back after it (%s)',
    async (attachment) => {
      const play = await open({ ec2, attachment });
      await play.create(takingOff);
      const before = await play.addresses();
      const claims = await play.claims();
      await act(play, 'pause');
      const paused = await play.node();

      expect(paused.status).toBe('PAUSED');
      expect(play.elasticIpHolder()).toBeUndefined();
      expect(paused.identity).toMatchObject({ interfaceId: before?.networkInterfaceId, privateIp: before?.privateIp });
      expect(paused.identity.publicIp).toBeUndefined();
      // No other node may use the address meanwhile.
      expect(await play.claims()).toEqual(claims);

      await act(play, 'resume');
      expect(await play.addresses()).toEqual({ ...before, instanceId: expect.stringMatching(/^i-/) as string });
      expect((await play.node()).identity.publicIp).toBe(before?.publicIp);
    },
  );
});

test('it is taken off once: no step puts it on in between', async () => {
  const play = await open({ ec2: { elasticIpSurvivesTermination: true } });
  await play.create(takingOff);
  const associated = play.callsOf('AssociateAddress').length;
  await act(play, 'pause');

  expect(play.callsOf('AssociateAddress')).toHaveLength(associated);
  expect(play.callsOf('DisassociateAddress')).toHaveLength(1);
});

test('an update puts it on a paused node only if it asks for that', async () => {
  const play = await open();
  await play.create(takingOff);
  await act(play, 'pause');
  await play.ask((service) => service.update(play.nodeId, { description: 'changed meanwhile' }));
  expect(play.elasticIpHolder()).toBeUndefined();
  expect((await play.node()).identity.publicIp).toBeUndefined();

  await play.ask((service) => service.update(play.nodeId, { persistence: { shouldKeepElasticIpOnPause: true } }));
  expect(play.elasticIpHolder()).toBe((await play.node()).identity.interfaceId);
});

test('an interruption leaves it on the interface: only a pause takes it off', async () => {
  const play = await open();
  await play.create(takingOff);
  const before = await play.addresses();
  await play.interrupt();
  await play.untilIdle();

  expect((await play.addresses())?.publicIp).toBe(before?.publicIp);
});

test('a pause leaves it where a person has moved it', async () => {
  const play = await open();
  await play.create(takingOff);
  const elsewhere = await play.makeInterface('10.0.0.77');
  await play.passSeconds(10);
  const move = new AssociateAddressCommand({ AllocationId: play.elasticIp, NetworkInterfaceId: elsewhere });
  await play.settle(play.sandbox.ec2.client.send(move));
  await act(play, 'pause');

  expect(play.elasticIpHolder()).toBe(elsewhere);
});
