/** The first tab: what a node is called, where it runs, and on what. */
import type { ReactNode } from 'react';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useAccountList, type Region } from '../../api/account';
import { Advanced } from './advanced';
import { textAt, userDataOf, withText, withUserData } from './document';
import { useEditor } from './editor';
import { Field, NumberField, TextField } from './field';
import { ImageField } from './image-field';
import { InstanceTypesField } from './instance-types-field';
import { NetworkFields } from './network-fields';
import { ClosedSection, Section } from './section';
import { TagsField } from './tags-field';

const LAUNCH = 'compute.launchSpecification';

export function ConfigurationTab(): ReactNode {
  const { node } = useEditor();
  return (
    <SpaceBetween size="l">
      <Section title="General">
        <TextField path="name" label="Node name" placeholder="licence-server" isFirst={node === undefined} />
        <DescriptionField />
        <RegionField />
      </Section>
      <Section title="Network & Security">
        <NetworkFields />
      </Section>
      <Section title="Instance Selection">
        <ImageField />
        <InstanceTypesField />
      </Section>
      <ClosedSection
        title="Initialization and Termination"
        description="User data, and the time that the old instance gets"
        paths={[`${LAUNCH}.userData`, 'strategy.drainingTimeout']}
      >
        <UserDataField />
        <NumberField
          path="strategy.drainingTimeout"
          label="Draining timeout (seconds)"
          description="What the old instance gets before it is terminated. A Spot interruption leaves it at most 120."
          standard={0}
          isOptional
        />
      </ClosedSection>
      <ClosedSection
        title="Tags"
        description="Of the instance, its volumes and its interface"
        paths={[`${LAUNCH}.tags`, `${LAUNCH}.resourceTagSpecification`]}
      >
        <TagsField />
      </ClosedSection>
      <Advanced />
    </SpaceBetween>
  );
}

function DescriptionField(): ReactNode {
  const { document, change } = useEditor();
  return (
    <Field paths={['description']} label="Description" isOptional>
      <Textarea
        rows={2}
        value={textAt(document, 'description')}
        onChange={({ detail }) => change((before) => withText(before, 'description', detail.value))}
      />
    </Field>
  );
}

/** Nothing to choose: nodes run where their deployment is. A document that names another Region shows its fault here. */
function RegionField(): ReactNode {
  const { document } = useEditor();
  const { items } = useAccountList<Region>('regions');
  const region =
    textAt(document, 'region') || (items.find(({ isDeployment }) => isDeployment)?.id ?? 'that of this deployment');
  return (
    <Field paths={['region']} label="Region" description="Nodes run in the Region of their deployment.">
      {region}
    </Field>
  );
}

/** Of the user data before it is encoded. Source: EC2 User Guide, "user-data". */
const USER_DATA_BYTES = 16 * 1024;

function UserDataField(): ReactNode {
  const { document, change } = useEditor();
  const path = `${LAUNCH}.userData`;
  const text = userDataOf(document);
  if (text === undefined) {
    return (
      <FormField
        label="User data"
        description="It is no text, so it can be changed only as base64, in the JSON of the review."
      >
        {textAt(document, path).length.toLocaleString()} characters of base64
      </FormField>
    );
  }
  const bytes = new TextEncoder().encode(text).length;
  return (
    <Field
      paths={[path]}
      label="User data"
      description="A script or cloud-init data, as text. Every new instance runs it."
      constraint={`${bytes.toLocaleString()} of ${USER_DATA_BYTES.toLocaleString()} bytes`}
      isOptional
      stretch
    >
      <Textarea
        rows={8}
        spellcheck={false}
        value={text}
        placeholder="#!/bin/sh"
        onChange={({ detail }) => change((before) => withUserData(before, detail.value))}
      />
    </Field>
  );
}
