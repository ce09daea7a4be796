// All calls as they happen.
import { ActionIcon, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useCalls, useHangUp } from '../../api/runtime';
import type { LiveCall } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useLocalTable } from '../../table/useLocalTable';
import { useTableView } from '../../table/useTableView';
import { traceAddress } from '../traces/address';
import { Announcer } from './Announcer';
import { callColumns, SORT_KEYS } from './columns';
import { partyText } from './Party';

export default function Calls() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const calls = useCalls();
  const hangUp = useHangUp();
  const { mutate } = hangUp;
  const [view, setView] = useTableView('calls', { sort: 'started_at', order: 'desc' });
  const data = useLocalTable(calls, view, SORT_KEYS);
  const [ask, dialogue] = useConfirm();

  const columns = useMemo(() => {
    const end = async (call: LiveCall) => {
      const parties = { caller: partyText(call.caller), called: partyText(call.called) };
      const sure = await ask({ title: t('calls.hangUp'), text: t('calls.hangUpQuestion', parties), confirm: t('calls.hangUp') });
      if (sure) mutate(call.call_id, { onError: notifyError });
    };
    return callColumns(t, (call) => (
      <Tooltip label={t('calls.hangUp')}>
        <ActionIcon variant="light" color="red" size="sm" aria-label={t('calls.hangUp')} onClick={() => void end(call)}>
          <Icon name="hangup" size={15} />
        </ActionIcon>
      </Tooltip>
    ));
  }, [t, ask, mutate]);

  return (
    <PageFrame title={t('calls.title')}>
      <Announcer count={calls.data?.length ?? 0} />
      <DataTable
        id="calls"
        label={t('calls.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(call) => call.call_id}
        empty={t('calls.none')}
        onOpen={(call) => navigate(traceAddress(call.call_id))}
      />
      {dialogue}
    </PageFrame>
  );
}
