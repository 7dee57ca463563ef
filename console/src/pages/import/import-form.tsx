/** Which instance is imported, and what becomes of its address and of itself. */
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { useAccountList, type Region } from '../../api/account';
import { itemsOf, type Schemas } from '../../api/connection';
import { ApiError, type Fault } from '../../api/errors';
import { useLeave, useUnsaved } from '../../app/leaving';
import { useConnection } from '../../session/session';
import { changesBetween } from '../edit/changes';
import { textAt, withText, withValue, type JsonObject } from '../edit/document';
import { EditorProvider, useEditor, type Editor } from '../edit/editor';
import { FaultList } from '../edit/fault-list';
import { faultsAfter } from '../edit/faults';
import { ChoiceField, Field, FlagField, focusField, TextField } from '../edit/field';
import { ClosedSection, Section } from '../edit/section';
import { consequenceOf, withAddressChoice, type AddressChoice, NEW_IMPORT } from './import-request';
import '../edit/edit.css';

/** Some faults name the field in the body, some in the import. */
const PREFIX = /^migration\./;

interface ImportFormProps {
  readonly onBegun: (migrationId: string) => void;
  readonly onCancel: () => void;
}

export function ImportForm({ onBegun, onCancel }: ImportFormProps): ReactNode {
  const { client } = useConnection();
  const leave = useLeave();
  const { items: regions } = useAccountList<Region>('regions');
  const deployed = regions.find(({ isDeployment }) => isDeployment)?.id;
  const { editor, replaceFaults } = useRequest();
  const [failure, setFailure] = useState<ApiError | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const { document } = editor;
  const release = useUnsaved(changesBetween(NEW_IMPORT, document).length > 0);
  const send = async (): Promise<void> => {
    setSending(true);
    setFailure(undefined);
    const migration = { ...(deployed !== undefined && { region: deployed }), ...document };
    try {
      const body = { migration: migration as never };
      const [begun] = await itemsOf<Schemas['Migration']>(client.POST('/aws/ec2/managedInstance/migration', { body }));
      release();
      if (begun !== undefined) onBegun(begun.migrationId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const faults = error.faults.flatMap(({ field, ...fault }) =>
        field === undefined ? [] : [{ ...fault, field: field.replace(PREFIX, '') }],
      );
      replaceFaults(faults);
      setFailure(error);
      if (faults[0] !== undefined) focusField(faults[0].field);
    } finally {
      setSending(false);
    }
  };
  return (
    <EditorProvider value={editor}>
      <SpaceBetween size="m">
        <Header
          variant="h1"
          description="The node gets the instance's image, type, groups, key pair, user data, tags and profile. Disks are not imported."
        >
          Create a stateful node from an existing instance
        </Header>
        <FaultList failure={failure} faults={editor.faults} onLead={({ field }) => focusField(field ?? '')} />
        <Section title="Instance">
          {deployed === undefined ? (
            <TextField path="region" label="Region of the deployment" placeholder="eu-west-1" />
          ) : (
            <Field paths={['region']} label="Region" description="Nodes run in the Region of their deployment.">
              {deployed}
            </Field>
          )}
          <TextField
            path="originalInstanceId"
            label="Instance Id"
            placeholder="i-0a1b2c3d4e5f60718"
            description="It must be running, with one network interface, and belong to no node and no Auto Scaling group."
          />
          <TextField
            path="managedInstanceName"
            label="Node name"
            description="Without one: the instance's tag Name, or its id."
            isOptional
          />
        </Section>
        <AddressFields />
        <MoreFields />
      </SpaceBetween>
      <div className="hf-form-actions">
        <div>
          <Button variant="link" onClick={() => leave(onCancel)}>
            Cancel
          </Button>
          <Button variant="primary" loading={isSending} onClick={() => void send()}>
            Import
          </Button>
        </div>
      </div>
    </EditorProvider>
  );
}

function AddressFields(): ReactNode {
  const { document, change } = useEditor();
  const keeps = document.shouldKeepPrivateIp === true;
  const terminates = document.shouldTerminateInstance === true;
  return (
    <Section title="Address">
      <Field paths={['shouldKeepPrivateIp']} label="Private IP" stretch>
        <Tiles
          columns={2}
          value={keeps ? 'same' : 'new'}
          onChange={({ detail }) => change((before) => withAddressChoice(before, detail.value as AddressChoice))}
          items={[
            {
              value: 'same',
              label: 'Use the same private IP (the existing instance will be terminated)',
              description: 'With its interface, MAC address, IPv6 address and Elastic IP.',
            },
            {
              value: 'new',
              label: 'Use a new private IP',
              description: 'The existing instance keeps its address while the node starts beside it.',
            },
          ]}
        />
      </Field>
      <Field paths={['shouldTerminateInstance']} label="Existing instance">
        <Checkbox
          checked={terminates}
          disabled={keeps}
          onChange={({ detail }) => change((before) => withValue(before, 'shouldTerminateInstance', detail.checked))}
          description={keeps ? 'Only its termination frees its primary interface.' : 'Once the node runs.'}
        >
          Terminate the existing instance
        </Checkbox>
      </Field>
      <Alert type={terminates ? 'warning' : 'info'}>{consequenceOf(document)}</Alert>
    </Section>
  );
}

function MoreFields(): ReactNode {
  const { document, change } = useEditor();
  const path = 'spotInstanceTypes';
  const types = document[path];
  const [typed, setTyped] = useState(Array.isArray(types) ? types.join(', ') : '');
  return (
    <ClosedSection
      title="Advanced"
      description="Instance types, attachment, instance metadata"
      paths={[path, 'eniAttachment', 'shouldKeepMetadataOptions', 'product', 'availabilityZones']}
    >
      <TypesField
        typed={typed}
        onType={(text) => {
          setTyped(text);
          const list = text.split(/[\s,]+/).filter((each) => each !== '');
          change((before) => withValue(before, path, list.length === 0 ? undefined : list));
        }}
      />
      <ChoiceField
        path="eniAttachment"
        label="Attachment"
        description="How the interface gets to each later instance."
        choices={{ cold: 'Cold', hot: 'Hot' }}
        standard="Default (cold)"
      />
      <FlagField path="shouldKeepMetadataOptions" label="Keep the instance's metadata options" standard />
    </ClosedSection>
  );
}

function TypesField({ typed, onType }: { readonly typed: string; readonly onType: (text: string) => void }): ReactNode {
  const { document, faults, before, prefill, node } = useEditor();
  const editor: Editor = {
    document: withText(document, 'spotInstanceTypes', typed),
    before,
    faults,
    prefill,
    node,
    change: (changed) => onType(textAt(changed(document), 'spotInstanceTypes')),
  };
  return (
    <EditorProvider value={editor}>
      <TextField
        path="spotInstanceTypes"
        label="Instance types"
        placeholder="m7g.large, m6g.large"
        description="Tried in this order. Without any: the type of the instance."
        isOptional
      />
    </EditorProvider>
  );
}

/** The request as a document of the form's fields. */
function useRequest(): { readonly editor: Editor; readonly replaceFaults: (faults: readonly Fault[]) => void } {
  const [{ document, faults }, setState] = useState({ document: NEW_IMPORT, faults: [] as readonly Fault[] });
  const change = useCallback((changed: (document: JsonObject) => JsonObject) => {
    setState((state) => {
      const after = changed(state.document);
      return { document: after, faults: faultsAfter(state.faults, changesBetween(state.document, after)) };
    });
  }, []);
  const replaceFaults = useCallback(
    (found: readonly Fault[]) => setState((state) => ({ ...state, faults: found })),
    [],
  );
  const editor = useMemo<Editor>(
    () => ({ document, before: NEW_IMPORT, change, prefill: change, faults, node: undefined }),
    [document, change, faults],
  );
  return { editor, replaceFaults };
}
