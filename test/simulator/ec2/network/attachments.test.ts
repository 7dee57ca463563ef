import {
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { worldFromJson, worldToJson } from '../../../../simulator/ec2/world';
import { codeOf, Lab, PAGES, refusals, rule } from '../lab';

const detach = (lab: Lab, attachmentId: string | undefined, force = false) =>
  lab.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId, Force: force }));

const stop = async (lab: Lab, instanceId: string) => {
  await lab.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  await lab.passSeconds(20);
};

/** The interface's and its attachment's status in DescribeNetworkInterfaces. */
const statusOf = async (lab: Lab, interfaceId: string) => {
  const { Status, Attachment } = await lab.interface(interfaceId);
  return [Status, Attachment?.Status];
};

describe('attaching', () => {
  rule('hot: to a running instance; the attachment takes some time', PAGES.attachments, async () => {
    const lab = new Lab();
    const [instanceId, interfaceId] = [await lab.launchRunning(), await lab.makeInterface()];
    const attachmentId = await lab.attach(interfaceId, instanceId);
    expect(attachmentId).toMatch(/^eni-attach-0[0-9a-f]{16}$/);
    expect(await statusOf(lab, interfaceId)).toEqual(['attaching', 'attaching']);
    await lab.passSeconds(2);
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'attached']);
    expect(await lab.interface(interfaceId)).toMatchObject({
      Attachment: { InstanceId: instanceId, DeviceIndex: 1, DeleteOnTermination: false, AttachmentId: attachmentId },
    });
    expect((await lab.instance(instanceId)).NetworkInterfaces).toHaveLength(2);
  });

  rule('warm: to a stopped instance', PAGES.attachments, async () => {
    const lab = new Lab();
    const [instanceId, interfaceId] = [await lab.launchOnDemand(), await lab.makeInterface()];
    await stop(lab, instanceId);
    await lab.attach(interfaceId, instanceId);
    await lab.passSeconds(2);
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'attached']);
  });

  rule('cold: at launch; attached before the instance runs', PAGES.attachments, async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    expect(await statusOf(lab, interfaceId)).toEqual(['attaching', 'attaching']);
    await lab.passSeconds(1);
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'attached']);
    expect(await lab.instance(instanceId)).toMatchObject({ State: { Name: 'pending' } });
  });

  const page = PAGES.api('AttachNetworkInterface');
  refusals([
    {
      refused: 'an interface in use',
      page: PAGES.errors,
      code: 'InvalidNetworkInterface.InUse',
      call: async (lab) => {
        const interfaceId = await lab.makeInterface();
        await lab.launchWith(interfaceId);
        await lab.attach(interfaceId, await lab.launchRunning());
      },
    },
    {
      refused: 'an occupied device index',
      page,
      code: 'InvalidParameterValue',
      call: async (lab) => {
        const instanceId = await lab.launchRunning();
        await lab.attach(await lab.makeInterface(), instanceId, 1);
        await lab.attach(await lab.makeInterface(), instanceId, 1);
      },
    },
    {
      refused: 'device index 0, which the primary always has',
      page: PAGES.attachments,
      code: 'InvalidParameterValue',
      call: async (lab) => lab.attach(await lab.makeInterface(), await lab.launchRunning(), 0),
    },
    {
      refused: 'an instance in another zone',
      page: PAGES.attachments,
      code: 'InvalidParameterCombination',
      call: async (lab) =>
        lab.attach(await lab.makeInterface({ SubnetId: lab.account.subnetIds[1] }), await lab.launchRunning()),
    },
    {
      refused: 'more interfaces than the type allows',
      page: PAGES.errors,
      code: 'AttachmentLimitExceeded',
      call: async (lab) => {
        const instanceId = await lab.launchRunning();
        for (const index of [1, 2, 3]) await lab.attach(await lab.makeInterface(), instanceId, index);
      },
    },
    {
      refused: 'a pending instance',
      page: PAGES.attachments,
      code: 'IncorrectState',
      call: async (lab) => lab.attach(await lab.makeInterface(), await lab.launch()),
    },
    {
      refused: 'an instance that is shutting down',
      page: PAGES.attachments,
      code: 'IncorrectState',
      call: async (lab) => {
        const instanceId = await lab.launchRunning();
        await lab.terminate(instanceId);
        await lab.attach(await lab.makeInterface(), instanceId);
      },
    },
    {
      refused: 'an unknown instance',
      page: PAGES.errors,
      code: 'InvalidInstanceID.NotFound',
      call: async (lab) => lab.attach(await lab.makeInterface(), 'i-0123456789abcdef0'),
    },
    {
      refused: 'an unknown interface',
      page: PAGES.errors,
      code: 'InvalidNetworkInterfaceID.NotFound',
      call: async (lab) => lab.attach('eni-0123456789abcdef0', await lab.launchRunning()),
    },
  ]);
});

describe('detaching', () => {
  const attached = async (lab: Lab) => {
    const [instanceId, interfaceId] = [await lab.launchRunning(), await lab.makeInterface()];
    const attachmentId = await lab.attach(interfaceId, instanceId);
    await lab.passSeconds(2);
    return { instanceId, interfaceId, attachmentId };
  };

  rule('a secondary interface is released after some time', PAGES.api('DetachNetworkInterface'), async () => {
    const lab = new Lab();
    const { interfaceId, attachmentId } = await attached(lab);
    await detach(lab, attachmentId);
    expect(await statusOf(lab, interfaceId)).toEqual(['detaching', 'detaching']);
    await lab.passSeconds(3);
    expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
  });

  rule('the addresses and the MAC address move with the interface', PAGES.interfaces, async () => {
    const lab = new Lab();
    const { interfaceId, attachmentId } = await attached(lab);
    const before = await lab.interface(interfaceId);
    await detach(lab, attachmentId);
    await lab.passSeconds(3);
    await lab.attach(interfaceId, await lab.launchRunning());
    const { PrivateIpAddress, MacAddress } = await lab.interface(interfaceId);
    expect([PrivateIpAddress, MacAddress]).toEqual([before.PrivateIpAddress, before.MacAddress]);
  });

  rule('an interface that is detaching is in use', PAGES.errors, async () => {
    const lab = new Lab();
    const { interfaceId, attachmentId } = await attached(lab);
    const otherId = await lab.launchRunning();
    await detach(lab, attachmentId);
    expect(await codeOf(lab.attach(interfaceId, otherId))).toBe('InvalidNetworkInterface.InUse');
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('InvalidNetworkInterface.InUse');
  });

  rule('one interface can be slow to release; Force is still quick', PAGES.attachments, async () => {
    const lab = new Lab();
    const { interfaceId, attachmentId } = await attached(lab);
    lab.ec2.slowRelease(interfaceId, 200_000);
    await detach(lab, attachmentId);
    await lab.passSeconds(199);
    expect(await statusOf(lab, interfaceId)).toEqual(['detaching', 'detaching']);
    await detach(lab, attachmentId, true);
    await lab.passSeconds(0.9);
    expect(await statusOf(lab, interfaceId)).toEqual(['detaching', 'detaching']);
    await lab.passSeconds(0.1);
    expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
  });

  describe('an interface whose detachment hangs', () => {
    async function hanging(lab: Lab) {
      const made = await attached(lab);
      lab.ec2.slowRelease(made.interfaceId, Infinity);
      await detach(lab, made.attachmentId);
      await lab.passSeconds(24 * 60 * 60);
      expect(await statusOf(lab, made.interfaceId)).toEqual(['detaching', 'detaching']);
      return made;
    }

    rule('is released by Force', PAGES.attachments, async () => {
      const lab = new Lab();
      const { interfaceId, attachmentId } = await hanging(lab);
      await detach(lab, attachmentId, true);
      await lab.passSeconds(1);
      expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
    });

    rule('is released by the end of its instance', PAGES.attachments, async () => {
      const lab = new Lab();
      const { interfaceId } = await hanging(lab);
      const { Attachment } = await lab.interface(interfaceId);
      await lab.terminate(Attachment?.InstanceId ?? '');
      await lab.passSeconds(30 + 4);
      expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
    });

    test('hangs in another process too', async () => {
      const lab = new Lab();
      const { interfaceId, attachmentId } = await attached(lab);
      lab.ec2.slowRelease(interfaceId, Infinity);
      const again = new Lab({ world: worldFromJson(worldToJson(lab.ec2.world)) });
      await detach(again, attachmentId);
      await again.passSeconds(24 * 60 * 60);
      expect(await statusOf(again, interfaceId)).toEqual(['detaching', 'detaching']);
    });
  });

  rule('Force spoils the device index until the instance is stopped and started', PAGES.attachments, async () => {
    const lab = new Lab();
    const [instanceId, interfaceId] = [await lab.launchOnDemand(), await lab.makeInterface()];
    const attachmentId = await lab.attach(interfaceId, instanceId);
    await detach(lab, attachmentId, true);
    await lab.passSeconds(1);
    expect(await codeOf(lab.attach(interfaceId, instanceId, 1))).toBe('InvalidParameterValue');
    await stop(lab, instanceId);
    await lab.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    await lab.passSeconds(10);
    expect(await codeOf(lab.attach(interfaceId, instanceId, 1))).toBe('ok');
  });

  refusals([
    {
      refused: 'the primary interface',
      page: PAGES.attachments,
      code: 'OperationNotPermitted',
      call: async (lab) => detach(lab, (await lab.primaryOf(await lab.launchRunning())).Attachment?.AttachmentId),
    },
    {
      refused: 'the primary interface, even by force',
      page: PAGES.attachments,
      code: 'OperationNotPermitted',
      call: async (lab) => detach(lab, (await lab.primaryOf(await lab.launchRunning())).Attachment?.AttachmentId, true),
    },
    {
      refused: 'an attachment that has ended',
      page: PAGES.errors,
      code: 'InvalidAttachmentID.NotFound',
      call: async (lab) => {
        const { attachmentId } = await attached(lab);
        await detach(lab, attachmentId);
        await lab.passSeconds(3);
        await detach(lab, attachmentId);
      },
    },
    {
      refused: 'an attachment that is already detaching',
      page: PAGES.errors,
      code: 'IncorrectState',
      call: async (lab) => {
        const { attachmentId } = await attached(lab);
        await detach(lab, attachmentId);
        await detach(lab, attachmentId);
      },
    },
    {
      refused: 'an attachment of an instance that is shutting down',
      page: PAGES.attachments,
      code: 'IncorrectState',
      call: async (lab) => {
        const { instanceId, attachmentId } = await attached(lab);
        await lab.terminate(instanceId);
        await detach(lab, attachmentId);
      },
    },
  ]);
});

describe('interfaces of an instance that ends', () => {
  rule('a retained one stays in use for some time after `terminated`', PAGES.errors, async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    await lab.passSeconds(10);
    await lab.terminate(instanceId);
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'attached']);
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('InvalidNetworkInterface.InUse');
    await lab.passSeconds(30);
    expect(await lab.instance(instanceId)).toMatchObject({ State: { Name: 'terminated' } });
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'detaching']);
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('InvalidNetworkInterface.InUse');
    await lab.passSeconds(4);
    expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
    expect(await codeOf(lab.launchWith(interfaceId))).toBe('ok');
  });

  rule('one can be slow to release after a termination', PAGES.errors, async () => {
    const lab = new Lab();
    const interfaceId = await lab.makeInterface();
    const instanceId = await lab.launchWith(interfaceId);
    lab.ec2.slowRelease(interfaceId, 200_000);
    await lab.terminate(instanceId);
    await lab.passSeconds(30 + 199);
    expect(await statusOf(lab, interfaceId)).toEqual(['in-use', 'detaching']);
    await lab.passSeconds(1);
    expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
  });

  rule('one with DeleteOnTermination is deleted', PAGES.terminating, async () => {
    const lab = new Lab();
    const instanceId = await lab.launchRunning();
    const { NetworkInterfaceId: interfaceId } = await lab.primaryOf(instanceId);
    await lab.terminate(instanceId);
    await lab.passSeconds(29.9);
    expect(await codeOf(lab.interface(interfaceId!))).toBe('ok');
    await lab.passSeconds(0.1);
    expect(await codeOf(lab.interface(interfaceId!))).toBe('InvalidNetworkInterfaceID.NotFound');
  });

  rule('one that was attached later is retained', PAGES.terminating, async () => {
    const lab = new Lab();
    const [instanceId, interfaceId] = [await lab.launchRunning(), await lab.makeInterface()];
    await lab.attach(interfaceId, instanceId);
    await lab.terminate(instanceId);
    await lab.passSeconds(34);
    expect(await statusOf(lab, interfaceId)).toEqual(['available', undefined]);
    await lab.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
  });
});
