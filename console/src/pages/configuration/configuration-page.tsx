/** View Configuration: as JSON, as a command, as CDK and as Terraform. */
import { useState, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useLocation } from 'wouter';
import { useTitle } from '../../app/title';
import { download } from '../../nodes/csv';
import { jsonOf, type JsonObject } from '../edit/document';
import { NodeDocument, type LoadedNode } from '../node-document';
import { asCdk } from './as-cdk';
import { creationAsCurl } from './as-curl';
import { asTerraform } from './as-terraform';
import './configuration.css';

interface Form {
  readonly id: string;
  readonly label: string;
  /** The end of a file's name. */
  readonly extension: string;
  readonly note: string;
  readonly text: (document: JsonObject, nodeId: string) => string;
}

const FORMS: readonly Form[] = [
  {
    id: 'json',
    label: 'JSON',
    extension: 'json',
    note: 'The document as the API has it. Fields that it does not have take their defaults.',
    text: (document) => `${jsonOf(document)}\n`,
  },
  {
    id: 'curl',
    label: 'curl',
    extension: 'sh',
    note: 'Creates another node with this configuration. Each address belongs to one node, so give the other one its own.',
    text: creationAsCurl,
  },
  {
    id: 'cdk',
    label: 'CDK',
    extension: 'ts',
    note: 'Declares a new node in a CDK app. CDK does not take over a node that exists: its addresses must be free first.',
    text: asCdk,
  },
  {
    id: 'terraform',
    label: 'Terraform',
    extension: 'tf',
    note: 'The import in the comment makes this node the resource.',
    text: asTerraform,
  },
];

export default function ConfigurationPage({ id }: { readonly id: string }): ReactNode {
  useTitle('Configuration');
  return <NodeDocument id={id}>{(node) => <Configuration id={id} node={node} />}</NodeDocument>;
}

function Configuration({ id, node }: { readonly id: string; readonly node: LoadedNode }): ReactNode {
  const [chosen, setChosen] = useState(FORMS[0]!);
  const [, go] = useLocation();
  const { document, status } = node;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={id}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => go(`/nodes/${id}`)}>Back to the node</Button>
            <Button variant="primary" onClick={() => go(`/nodes/${id}/edit`)}>
              Edit Configuration
            </Button>
          </SpaceBetween>
        }
      >
        Configuration of {status.name}
      </Header>
      <Tabs
        activeTabId={chosen.id}
        onChange={({ detail }) => setChosen(FORMS.find((each) => each.id === detail.activeTabId) ?? chosen)}
        tabs={FORMS.map((form) => ({
          id: form.id,
          label: form.label,
          content: <Text form={form} text={form.text(document, id)} fileName={`${status.name}.${form.extension}`} />,
        }))}
      />
    </SpaceBetween>
  );
}

interface TextProps {
  readonly form: Form;
  readonly text: string;
  readonly fileName: string;
}

function Text({ form, text, fileName }: TextProps): ReactNode {
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <CopyToClipboard
                copyButtonText="Copy"
                textToCopy={text}
                copySuccessText="Copied"
                copyErrorText="The browser refused to copy"
              />
              <Button iconName="download" onClick={() => download(fileName, 'text/plain', text)}>
                Download
              </Button>
            </SpaceBetween>
          }
        >
          {form.label}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Box color="text-body-secondary">{form.note}</Box>
        {/* A region that scrolls must be reachable with the keyboard. */}
        <pre className="hf-code hf-mono" tabIndex={0} aria-label={`The configuration as ${form.label}`} role="region">
          {text}
        </pre>
      </SpaceBetween>
    </Container>
  );
}
