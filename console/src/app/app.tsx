/** The console: who is signed in, and which page is shown. */
import { lazy, Suspense, type ReactNode } from 'react';
import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import Box from '@cloudscape-design/components/box';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import Spinner from '@cloudscape-design/components/spinner';
import { Route, Switch } from 'wouter';
import { NodesPage } from '../pages/nodes/nodes-page';
import { SessionProvider, useConnection } from '../session/session';
import { SignInAgain, SignInPage } from '../session/sign-in';
import { useSimulatedTime } from './clock';
import { DeploymentProvider, useDeployment } from './deployment';
import { LeavingProvider } from './leaving';
import { NoticeBar, NoticesProvider } from './notices';
import { TopBar } from './top-bar';

const NodePage = lazy(() => import('../pages/node/node-page'));
const NewNodePage = lazy(() => import('../pages/edit/new-node-page'));
const EditNodePage = lazy(() => import('../pages/edit/edit-node-page'));
const ConfigurationPage = lazy(() => import('../pages/configuration/configuration-page'));
const ImportPage = lazy(() => import('../pages/import/import-page'));
const SimulatorPage = lazy(() => import('../pages/simulator/simulator-page'));

const BASE = '/console';

export function App(): ReactNode {
  return (
    <DeploymentProvider>
      <SignedIn />
    </DeploymentProvider>
  );
}

function SignedIn(): ReactNode {
  const { isSigned } = useDeployment();
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <LeavingProvider base={BASE}>
        <SessionProvider
          isSigned={isSigned}
          signIn={(props) => <SignInPage {...props} />}
          signInAgain={(props) => <SignInAgain {...props} />}
        >
          <NoticesProvider>
            <Clock />
            <TopBar />
            <AppLayoutToolbar
              navigationHide
              toolsHide
              headerSelector="#top"
              maxContentWidth={Number.MAX_VALUE}
              notifications={<NoticeBar />}
              content={<Pages />}
              ariaLabels={{ notifications: 'Notices' }}
            />
          </NoticesProvider>
        </SessionProvider>
      </LeavingProvider>
    </I18nProvider>
  );
}

function Clock(): ReactNode {
  useSimulatedTime(useConnection(), useDeployment().isSimulated);
  return null;
}

function Pages(): ReactNode {
  return (
    <Suspense fallback={<Spinner size="large" />}>
      <Switch>
        <Route path="/">
          <NodesPage />
        </Route>
        <Route path="/nodes/new">
          <NewNodePage />
        </Route>
        <Route path="/nodes/import">
          <ImportPage />
        </Route>
        <Route path="/nodes/:id/edit">{({ id }) => <EditNodePage key={id} id={id} />}</Route>
        <Route path="/nodes/:id/configuration">{({ id }) => <ConfigurationPage key={id} id={id} />}</Route>
        <Route path="/simulator">
          <SimulatorPage />
        </Route>
        <Route path="/nodes/:id/:tab?">{({ id, tab }) => <NodePage key={id} id={id} tab={tab} />}</Route>
        <Route>
          <Box variant="h1">There is no such page</Box>
        </Route>
      </Switch>
    </Suspense>
  );
}
