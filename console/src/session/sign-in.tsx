/** Signing in, as a page of its own, and as a window above a page whose token has been refused. */
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { connect, itemsOf } from '../api/connection';
import { ApiError } from '../api/errors';
import type { SignInProps } from './session';

export function SignInPage(props: SignInProps): ReactNode {
  return (
    <main className="hf-sign-in">
      <Container header={<Header variant="h1">Holdfast</Header>}>
        <SignInForm {...props} />
      </Container>
    </main>
  );
}

export function SignInAgain(props: SignInProps): ReactNode {
  return (
    <Modal visible header="You are signed out" closeAriaLabel="Close" onDismiss={() => undefined}>
      <SignInForm {...props} />
    </Modal>
  );
}

function SignInForm({ isRefused, onSignIn }: SignInProps): ReactNode {
  const [token, setToken] = useState('');
  const [isKept, setKept] = useState(true);
  const [isChecking, setChecking] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(
    isRefused ? 'The API no longer accepts the token. What you have typed on the page is kept.' : undefined,
  );

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const given = token.trim();
    if (given === '') return setProblem('Enter the API token.');
    setChecking(true);
    const found = await problemWith(given);
    setChecking(false);
    setProblem(found);
    if (found === undefined) onSignIn(given, isKept);
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <SpaceBetween size="l">
        <FormField
          label="API token"
          description={
            <>
              The stack keeps it in Secrets Manager, and its output <Box variant="code">ApiTokenSecretArn</Box> names
              the secret. On this machine <Box variant="code">npm start</Box> prints it.
            </>
          }
          errorText={problem}
        >
          <Input
            type="password"
            value={token}
            onChange={({ detail }) => setToken(detail.value)}
            autoFocus
            autoComplete="off"
            spellcheck={false}
          />
        </FormField>
        <Checkbox checked={isKept} onChange={({ detail }) => setKept(detail.checked)}>
          Stay signed in until this tab is closed
        </Checkbox>
        <Button variant="primary" formAction="submit" loading={isChecking}>
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}

/** Asks for the smallest thing that needs the token. */
async function problemWith(token: string): Promise<string | undefined> {
  const { client } = connect(token, () => undefined);
  try {
    await itemsOf(client.GET('/aws/ec2/managedInstance', { params: { query: { limit: 1, fields: 'id' } } } as never));
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 401 ? 'The API does not accept this token.' : error.message;
  }
}
