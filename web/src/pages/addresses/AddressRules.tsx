// Addresses that may not come, and those that always may (SEC-3).
import { Button, SegmentedControl } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { useRemove } from '../../api/collections';
import type { AddressRule } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { addressColumns } from './columns';

const FILTERS = ['all', 'block', 'allow'];

export default function AddressRules() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [view, setView] = useTableView('address-rules', { sort: 'last_at', order: 'desc' });
  const which = params.get('action') ?? 'all';
  const data = useServerTable<AddressRule>('address-rules', view, which === 'all' ? {} : { action: which });
  const [edited, setEdited] = useState<AddressRule | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('address-rules');
  const { mutateAsync: free } = useRemove('address-rules');

  const unblock = useCallback(
    (rule: AddressRule) => {
      free([rule.id]).then(() => notifyDone(t('addresses.unblocked', { address: rule.address })), notifyError);
    },
    [free, t],
  );
  const columns = useMemo(() => addressColumns(t, unblock), [t, unblock]);

  return (
    <PageFrame
      title={t('addresses.title')}
      actions={
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
          {t('addresses.new')}
        </Button>
      }
    >
      <DataTable
        id="address-rules"
        label={t('addresses.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(rule) => rule.id}
        filters={
          <SegmentedControl
            size="xs"
            aria-label={t('addresses.filter')}
            data={FILTERS.map((value) => ({ value, label: t(`addresses.${value}`) }))}
            value={which}
            onChange={(value) => setParams(value === 'all' ? {} : { action: value }, { replace: true })}
          />
        }
        empty={t('addresses.none')}
        onOpen={setEdited}
        onRemove={(rules) => remove(rules.map(({ id, address }) => ({ id, name: address })))}
      />
      {edited && (
        <EntityDialogue
          entity="address_rule"
          collection="address-rules"
          fields={['address', 'action', 'comment', 'expires_at']}
          title={edited === 'new' ? t('addresses.new') : t('addresses.one', { address: edited.address })}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </PageFrame>
  );
}
