// All phones, and whether they are there (PHO-2).
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useRegistrations } from '../../api/runtime';
import type { Phone } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { phoneColumns } from './columns';
import { groupByPhone } from './registrations';

export default function Phones() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('phones', { sort: 'name' });
  const data = useServerTable<Phone>('phones', view);
  const registrations = useRegistrations();
  const [remove, dialogue] = useConfirmedRemove('phones');

  const columns = useMemo(() => phoneColumns(t, groupByPhone(registrations.data ?? [])), [t, registrations.data]);

  return (
    <PageFrame
      title={t('phones.title')}
      actions={
        <Button component={Link} to="/phones/new" leftSection={<Icon name="plus" size={14} />}>
          {t('phones.new')}
        </Button>
      }
    >
      <DataTable
        id="phones"
        label={t('phones.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(phone) => phone.id}
        letters
        empty={t('phones.none')}
        onOpen={(phone) => navigate(`/phones/${phone.id}`)}
        onRemove={remove}
      />
      {dialogue}
    </PageFrame>
  );
}
