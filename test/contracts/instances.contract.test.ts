/** The promises of `Instances`: client tokens, refusals, and the end of an instance. */
import { InterfaceNotFree } from '../../domain/errors';
import { ec2Contract, NODE_ID, UNKNOWN } from './ec2';

ec2Contract(
  'Instances',
  (scene) => {
    const instances = () => scene().ports.instances;
    const settle = () => scene().settle();

    test('an instance that EC2 does not know is undefined', async () => {
      await expect(instances().observe(UNKNOWN.instance)).resolves.toBeUndefined();
      await expect(instances().launchedBy('never used')).resolves.toBeUndefined();
    });

    describe('a launch', () => {
      test('launches what it asks for', async () => {
        const request = scene().launchRequest();
        const outcome = await instances().launch(request);
        const { instanceType, subnetId, lifeCycle } = request.pool;
        const asked = { instanceType, subnetId, lifeCycle, imageId: request.imageId, nodeId: NODE_ID };

        expect(outcome).toMatchObject({ kind: 'launched', instance: { instanceType, subnetId, lifeCycle } });
        await settle();
        const seen = await instances().launchedBy(request.clientToken);
        expect(seen).toMatchObject({ ...asked, state: 'running' });
        expect(new Date(seen?.launchedAt ?? '').toISOString()).toBe(seen?.launchedAt);
        await expect(instances().observe(seen?.id ?? '')).resolves.toEqual(seen);
      });

      test.each(['spot', 'on_demand'] as const)('buys the instance as the pool says: %s', async (lifeCycle) => {
        const { pool } = scene().launchRequest();

        await expect(scene().launched({ pool: { ...pool, lifeCycle } })).resolves.toMatchObject({ lifeCycle });
      });

      test('that is asked for again returns the same instance, before EC2 shows it and after', async () => {
        const request = scene().launchRequest();
        const first = await instances().launch(request);
        const again = await instances().launch(request);
        await settle();
        const later = await instances().launch({ ...request });

        const id = first.kind === 'launched' ? first.instance.id : 'none';
        expect(again).toMatchObject({ kind: 'launched', instance: { id } });
        expect(later).toMatchObject({ kind: 'launched', instance: { id } });
        await expect(scene().ports.fleet.instances()).resolves.toHaveLength(1);
      });

      test('under another token launches another instance', async () => {
        const one = await scene().launched();
        const other = await scene().launched();

        expect(other.id).not.toBe(one.id);
      });

      test('says that the token is used if it made an instance for another request', async () => {
        const request = scene().launchRequest();
        await instances().launch(request);
        const changed = { ...request, securityGroupIds: [scene().account.securityGroupIds[1]] };

        await expect(instances().launch(changed)).resolves.toEqual({ kind: 'token-used' });
        await settle();
        await expect(instances().launchedBy(request.clientToken)).resolves.toMatchObject({ state: 'running' });
      });

      test('says that the token is spent if its instance has ended', async () => {
        const request = scene().launchRequest();
        const { id } = await scene().launched(request);
        await scene().terminated(id);

        await expect(instances().launch(request)).resolves.toEqual({ kind: 'token-spent' });
      });
    });

    describe('a refusal', () => {
      test.each(['capacity', 'quota', 'unsuitable'] as const)('of a pool says why: %s', async (because) => {
        const pool = scene().account.refusedPool(because);
        const outcome = await instances().launch(scene().launchRequest({ pool }));

        expect(outcome).toEqual({
          kind: 'refused',
          refusal: { because, of: 'pool', code: expect.any(String) as string, message: expect.any(String) as string },
        });
      });

      test('without a free address names the subnet', async () => {
        const subnetId = await scene().account.fullSubnet();
        const pool = { instanceType: 'm7g.large', subnetId, lifeCycle: 'spot' } as const;

        await expect(instances().launch(scene().launchRequest({ pool }))).resolves.toMatchObject({
          kind: 'refused',
          refusal: { because: 'capacity', of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' },
        });
      });

      test('launches nothing, and leaves the token unused', async () => {
        const pool = scene().account.refusedPool('capacity');
        const request = scene().launchRequest({ pool });
        await instances().launch(request);
        await settle();

        await expect(instances().launchedBy(request.clientToken)).resolves.toBeUndefined();
        const elsewhere = {
          ...request,
          pool: scene().launchRequest({ pool: { ...pool, lifeCycle: 'on_demand' } }).pool,
        };
        await expect(instances().launch(elsewhere)).resolves.toMatchObject({ kind: 'launched' });
      });
    });

    describe('a launch with an interface', () => {
      test('has it as the primary, which outlives the instance', async () => {
        const { id: interfaceId } = await scene().made();
        const { id } = await scene().launched({ interfaceId });

        await expect(scene().interface(interfaceId)).resolves.toMatchObject({
          status: 'in-use',
          attachment: { instanceId: id, deviceIndex: 0, status: 'attached', deleteOnTermination: false },
        });
      });

      test('says that the interface is missing if EC2 does not know it', async () => {
        const request = scene().launchRequest({ interfaceId: UNKNOWN.interface });

        await expect(instances().launch(request)).resolves.toEqual({ kind: 'interface-missing' });
        await expect(instances().launchedBy(request.clientToken)).resolves.toBeUndefined();
      });

      test('throws if the interface is attached, and launches nothing', async () => {
        const { id: interfaceId } = await scene().made();
        await scene().launched({ interfaceId });
        const request = scene().launchRequest({ interfaceId });

        await expect(instances().launch(request)).rejects.toThrow(InterfaceNotFree);
        await settle();
        await expect(instances().launchedBy(request.clientToken)).resolves.toBeUndefined();
      });

      test('that is asked for again returns its instance, although the interface is attached to it by then', async () => {
        const { id: interfaceId } = await scene().made();
        const request = scene().launchRequest({ interfaceId });
        const { id } = await scene().launched(request);

        await expect(instances().launch(request)).resolves.toMatchObject({ kind: 'launched', instance: { id } });
      });
    });

    describe('a termination', () => {
      test('ends the instance, which EC2 shows as terminated for a while', async () => {
        const { id } = await scene().launched();
        await scene().terminated(id);

        await expect(instances().observe(id)).resolves.toMatchObject({ id, state: 'terminated' });
      });

      test('ends the instance without its OS shutdown', async () => {
        const { id } = await scene().launched();
        await instances().terminate(id, { skipOsShutdown: true });
        await settle();

        await expect(instances().observe(id)).resolves.toMatchObject({ id, state: 'terminated' });
      });

      test('ends no other instance', async () => {
        const one = await scene().launched();
        const other = await scene().launched();
        await scene().terminated(one.id);

        await expect(instances().observe(other.id)).resolves.toMatchObject({ state: 'running' });
      });

      test('does nothing to an instance that has ended, or that EC2 does not know', async () => {
        const { id } = await scene().launched();
        await scene().terminated(id);
        await scene().terminated(id);
        await expect(instances().observe(id)).resolves.toMatchObject({ state: 'terminated' });

        await expect(instances().terminate(UNKNOWN.instance)).resolves.toBeUndefined();
      });

      test('frees an interface that outlives the instance, for the next launch', async () => {
        const { id: interfaceId, privateIp, macAddress } = await scene().made();
        const { id } = await scene().launched({ interfaceId });
        await scene().terminated(id);
        const freed = await scene().interface(interfaceId);

        expect(freed).toMatchObject({ status: 'available', privateIp, macAddress });
        expect(freed.attachment).toBeUndefined();
        await expect(scene().launched({ interfaceId })).resolves.toMatchObject({ state: 'running' });
      });
    });
  },
  true,
);
