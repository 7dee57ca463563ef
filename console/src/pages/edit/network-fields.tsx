/** Network & Security: where the node's interface can be made, and who may reach it. */
import { useEffect, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import {
  useAccountList,
  type InstanceProfile,
  type KeyPair,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from '../../api/account';
import { ChooseMany, ChooseOne } from './account-choice';
import { listAt, roleOf, textAt, withList, withRole, withText, withVpc } from './document';
import { useEditor } from './editor';
import { Field } from './field';
import { inVpc } from './subnets';

const LAUNCH = 'compute.launchSpecification';

export function NetworkFields(): ReactNode {
  return (
    <SpaceBetween size="l">
      <VpcField />
      <SubnetsField />
      <SecurityGroupsField />
      <KeyPairField />
      <InstanceProfileField />
    </SpaceBetween>
  );
}

function VpcField(): ReactNode {
  const { document, change, prefill } = useEditor();
  const list = useAccountList<Vpc>('vpcs');
  const value = textAt(document, 'compute.vpcId');
  const { items } = list;
  useEffect(() => {
    const standard = items.length === 1 ? items[0] : items.find(({ isDefault }) => isDefault);
    if (value === '' && standard !== undefined) prefill((before) => withVpc(before, standard.id));
    // Only when the list arrives: a VPC that the reader has removed stays removed.
  }, [items]);
  return (
    <Field paths={['compute.vpcId']} label="VPC">
      <ChooseOne
        list={list}
        value={value}
        placeholder="Choose a VPC"
        example="vpc-0f1e2d3c4b5a69788"
        empty="This account has no VPC here"
        optionOf={({ id, name, cidrBlock, isDefault }) => ({
          value: id,
          label: name ?? id,
          description: [...(name === null ? [] : [id]), cidrBlock, ...(isDefault ? ['default'] : [])].join(', '),
        })}
        onChange={(vpcId) => change((before) => withVpc(before, vpcId))}
      />
    </Field>
  );
}

function SubnetsField(): ReactNode {
  const { document, change } = useEditor();
  const list = useAccountList<Subnet>(inVpc('subnets', document));
  const values = listAt(document, 'compute.subnetIds');
  const zones = [...new Set(list.items.filter(({ id }) => values.includes(id)).map((each) => each.availabilityZone))];
  return (
    <Field
      paths={['compute.subnetIds']}
      label="Subnets"
      description="Each is in one Availability Zone. They are tried in this order."
      constraint={zones.length === 0 ? undefined : `Availability Zones: ${zones.join(', ')}`}
    >
      <ChooseMany
        list={list}
        values={values}
        placeholder="Choose subnets"
        example="subnet-0a9b8c7d6e5f40312"
        empty={textAt(document, 'compute.vpcId') === '' ? 'Choose a VPC first' : 'The VPC has no subnets'}
        optionOf={({ id, name, availabilityZone, cidrBlock, freeAddresses, hasIpv6 }) => ({
          value: id,
          label: name ?? id,
          labelTag: availabilityZone,
          description: [...(name === null ? [] : [id]), cidrBlock ?? 'IPv6 only'].join(', '),
          tags: [`${freeAddresses.toLocaleString()} free addresses`, ...(hasIpv6 ? ['IPv6'] : [])],
        })}
        onChange={(ids) => change((before) => withList(before, 'compute.subnetIds', ids))}
      />
    </Field>
  );
}

function SecurityGroupsField(): ReactNode {
  const { document, change } = useEditor();
  const path = `${LAUNCH}.securityGroupIds`;
  const list = useAccountList<SecurityGroup>(inVpc('security-groups', document));
  const values = listAt(document, path);
  const chosen = list.items.filter(({ id, name }) => (values.length === 0 ? name === 'default' : values.includes(id)));
  return (
    <Field
      paths={[path]}
      label="Security groups"
      description="At most 5. Without one, the interface gets the default group of the VPC."
      isOptional
    >
      <ChooseMany
        list={list}
        values={values}
        placeholder="The default group of the VPC"
        example="sg-01f2e3d4c5b6a7980"
        empty={textAt(document, 'compute.vpcId') === '' ? 'Choose a VPC first' : 'The VPC has no groups'}
        optionOf={({ id, name, description }) => ({ value: id, label: name, description: `${id}, ${description}` })}
        onChange={(ids) => change((before) => withList(before, path, ids))}
      />
      {chosen.length > 0 && (
        <div className="hf-view-rules">
          <ExpandableSection headerText="View rules" variant="inline">
            {chosen.map((group) => (
              <Rules key={group.id} group={group} />
            ))}
          </ExpandableSection>
        </div>
      )}
    </Field>
  );
}

function Rules({ group: { id, name, rules } }: { readonly group: SecurityGroup }): ReactNode {
  return (
    <Box padding={{ bottom: 'xs' }}>
      <Box variant="strong">
        {name} ({id})
      </Box>
      <ul className="hf-rules">
        {rules.length === 0 && <li>No rules</li>}
        {rules.map((rule) => {
          const text = ruleText(rule);
          return <li key={text}>{text}</li>;
        })}
      </ul>
    </Box>
  );
}

function ruleText({ direction, protocol, fromPort, toPort, peers }: SecurityGroup['rules'][number]): string {
  const ports = fromPort === null ? '' : fromPort === toPort ? ` ${fromPort}` : ` ${fromPort}–${toPort ?? ''}`;
  const what = protocol === 'all' ? 'All traffic' : `${protocol.toUpperCase()}${ports}`;
  return `${direction === 'inbound' ? 'In' : 'Out'}: ${what} ${direction === 'inbound' ? 'from' : 'to'} ${peers.join(', ')}`;
}

function KeyPairField(): ReactNode {
  const { document, change } = useEditor();
  const path = `${LAUNCH}.keyPair`;
  return (
    <Field paths={[path]} label="Key pair" isOptional>
      <ChooseOne
        list={useAccountList<KeyPair>('key-pairs')}
        value={textAt(document, path)}
        none="None"
        placeholder="None"
        example="operator"
        empty="This account has no key pairs here"
        optionOf={({ name, type }) => ({ value: name, description: type })}
        onChange={(name) => change((before) => withText(before, path, name))}
      />
    </Field>
  );
}

function InstanceProfileField(): ReactNode {
  const { document, change } = useEditor();
  return (
    <Field
      paths={[`${LAUNCH}.iamRole`]}
      label="Instance profile"
      description="One of those that the deployment allows its nodes."
      isOptional
    >
      <ChooseOne
        list={useAccountList<InstanceProfile>('instance-profiles')}
        value={roleOf(document)}
        none="None"
        placeholder="None"
        example="app"
        empty="The deployment allows none: deploy it with -c instanceRoleArns=arn:..."
        optionOf={({ name, roleArn }) => ({ value: name, description: roleArn })}
        onChange={(role) => change((before) => withRole(before, role))}
      />
    </Field>
  );
}
