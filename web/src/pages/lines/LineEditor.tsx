// One line to a provider.
import { Alert, Button, Loader, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router-dom';
import { useItem } from '../../api/collections';
import { useEntitySchema } from '../../api/openapi';
import { useLineStates } from '../../api/runtime';
import type { Line } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { State } from '../../table/State';
import { LineForm } from './LineForm';
import classes from './lines.module.css';
import { LineState } from './LineState';
import { LineStatus } from './LineStatus';
import { LineTest } from './LineTest';
import { Rates } from './Rates';

export default function LineEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const [params, setParams] = useSearchParams();
  const schema = useEntitySchema('line', id === 'new' ? 'create' : 'patch');
  const { data: line, ...query } = useItem<Line>('lines', id === 'new' ? null : Number(id));
  const states = useLineStates().data ?? [];
  const reason = states.find(({ line_id }) => line_id === line?.id)?.reason;

  const up = { to: '/lines', text: t('lines.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('lines.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !line)) return <Loader m="xl" size="sm" />;
  const tabs = [{ id: 'data', text: t('lines.tab.data') }];
  if (line) tabs.push({ id: 'rates', text: t('lines.tab.rates') }, { id: 'state', text: t('lines.tab.state') }, { id: 'test', text: t('lines.tab.test') });
  return (
    <PageFrame title={line?.name ?? t('lines.new')} up={up} badge={line && <LineState line={line} states={states} />} actions={line && <TestButton line={line.id} />}>
      <Tabs
        className={`panel ${classes.page}`}
        value={params.get('tab') ?? 'data'}
        onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })}
        keepMounted={false}
      >
        <TabList tabs={tabs} />
        <Tabs.Panel value="data" p="md">
          {reason && (
            <Alert color="red" mb="sm">
              {reason}
            </Alert>
          )}
          <LineForm key={id} schema={schema} line={line ?? null} />
        </Tabs.Panel>
        {line && (
          <Tabs.Panel value="rates" p="md">
            <Rates line={line} />
          </Tabs.Panel>
        )}
        {line && (
          <Tabs.Panel value="state" p="md">
            <LineStatus line={line} states={states} />
          </Tabs.Panel>
        )}
        {line && (
          <Tabs.Panel value="test" p="md">
            <LineTest line={line} />
          </Tabs.Panel>
        )}
      </Tabs>
    </PageFrame>
  );
}

function TestButton({ line }: { line: number }) {
  const { t } = useTranslation();
  return (
    <Button component={Link} to={`/route-test?line=${line}`} variant="default">
      {t('lines.test')}
    </Button>
  );
}
