/** The promises of `LaunchTemplates`: a template is what its name says, and a fleet launches one instance, however often it is asked. */
import type { LaunchSettings } from '../../domain/node/stateful-node';
import { ec2Contract, NODE_ID } from './ec2';

ec2Contract('LaunchTemplates', (scene) => {
  const templates = () => scene().ports.templates;

  const settings = (): LaunchSettings => {
    const { imageId, securityGroupIds } = scene().account;
    return { imageId, securityGroupIds: [securityGroupIds[0]] };
  };

  async function made(): Promise<string> {
    await templates().make(NODE_ID, settings());
    await scene().settle();
    return templates().nameFor(NODE_ID, settings());
  }

  test('a template is named after its node and its settings, and nothing else', () => {
    const name = templates().nameFor(NODE_ID, settings());
    expect(templates().nameFor(NODE_ID, settings())).toBe(name);
    expect(templates().nameFor('smi-00000000', settings())).not.toBe(name);
    expect(templates().nameFor(NODE_ID, { ...settings(), imageId: 'ami-0000000000000000e' })).not.toBe(name);
    expect(templates().nameFor(NODE_ID, { ...settings(), userData: 'aGVsbG8=' })).not.toBe(name);
  });

  test('a template is listed as its node’s, and making it again does nothing', async () => {
    const name = await made();
    await expect(templates().ofNode(NODE_ID)).resolves.toEqual([name]);
    await expect(templates().ofNode('smi-00000000')).resolves.toEqual([]);
    await templates().make(NODE_ID, settings());
    await scene().settle();
    await expect(templates().ofNode(NODE_ID)).resolves.toEqual([name]);
  });

  test('a deleted template is gone, and deleting it again says that there is none', async () => {
    const name = await made();
    await expect(templates().delete(name)).resolves.toBe(true);
    await scene().settle();
    await expect(templates().ofNode(NODE_ID)).resolves.toEqual([]);
    await expect(templates().delete(name)).resolves.toBe(false);
  });

  test('a fleet launches the instance that a launch would, and the client token finds it', async () => {
    const name = await made();
    const request = scene().launchRequest();
    const outcome = await templates().launch(name, request);
    if (outcome.kind !== 'launched') throw new Error(outcome.kind);
    await scene().settle();
    const { pool, imageId } = request;
    await expect(scene().instance(outcome.instanceId)).resolves.toMatchObject({ ...pool, imageId, nodeId: NODE_ID });
    const found = await scene().ports.instances.launchedBy(request.clientToken);
    expect(found?.id).toBe(outcome.instanceId);
    const listed = await scene().ports.fleet.instances();
    expect(listed.map(({ id }) => id)).toEqual([outcome.instanceId]);
  });

  test('a repeat returns the same instance, even before EC2 shows it', async () => {
    const name = await made();
    const request = scene().launchRequest();
    const first = await templates().launch(name, request);
    await expect(templates().launch(name, request)).resolves.toEqual(first);
    await scene().settle();
    await expect(templates().launch(name, request)).resolves.toEqual(first);
    await expect(scene().ports.fleet.instances()).resolves.toHaveLength(1);
  });

  test.each(['capacity', 'quota', 'unsuitable'] as const)('a refusal of the pool is told: %s', async (because) => {
    const name = await made();
    const pool = scene().account.refusedPool(because);
    const outcome = await templates().launch(name, scene().launchRequest({ pool }));
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { because, of: 'pool' } });
  });

  test('a subnet without a free address refuses all of its pools', async () => {
    const name = await made();
    const subnetId = await scene().account.fullSubnet();
    const pool = { ...scene().launchRequest().pool, subnetId };
    const outcome = await templates().launch(name, scene().launchRequest({ pool }));
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { because: 'capacity', of: 'subnet' } });
  });
});
