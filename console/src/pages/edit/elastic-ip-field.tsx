/** The Elastic IP: one of the account's, with who has it. */
import type { ReactNode } from 'react';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAccountList, type ElasticIp } from '../../api/account';
import { ChooseOne, type Option } from './account-choice';
import { textAt, withText } from './document';
import { useEditor } from './editor';
import { Field, FlagField } from './field';

const PATH = 'compute.elasticIp';

export function ElasticIpField(): ReactNode {
  const { document, change, node } = useEditor();
  const list = useAccountList<ElasticIp>('addresses');
  const value = textAt(document, PATH);
  return (
    <SpaceBetween size="l">
      <Field
        paths={[PATH]}
        label="Elastic IP"
        description="It follows the node from instance to instance. The VPC needs an internet gateway."
        isOptional
      >
        <ChooseOne
          list={list}
          value={value}
          none="None"
          placeholder="None"
          example="eipalloc-0d4c3b2a19081726f"
          empty="This account has no Elastic IPs here"
          optionOf={(each) => optionOf(each, node?.id)}
          onChange={(allocationId) => change((before) => withText(before, PATH, allocationId))}
        />
      </Field>
      {value !== '' && (
        <FlagField
          path="persistence.shouldKeepElasticIpOnPause"
          label="Keep the Elastic IP on the interface while the node is paused"
          standard
        />
      )}
    </SpaceBetween>
  );
}

/** Says who has the address. Whether the node may have it is for the API to say. */
function optionOf(address: ElasticIp, nodeId: string | undefined): Option {
  const { allocationId, publicIp, name, managedInstanceId, instanceId, networkInterfaceId } = address;
  const holder = managedInstanceId ?? instanceId ?? networkInterfaceId;
  const who = managedInstanceId !== null && managedInstanceId === nodeId ? 'this node' : holder;
  return {
    value: allocationId,
    label: publicIp,
    description: [...(name === null ? [] : [name]), allocationId].join(', '),
    tags: [who === null ? 'free' : `of ${who}`],
  };
}
