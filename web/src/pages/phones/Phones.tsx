// All phones, and whether they are there (PHO-2).
import { Button, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useRegistrations } from '../../api/runtime';
import type { Found, Phone } from '../../api/types';
import { BulkButton } from '../../forms/bulk/BulkButton';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { BulkPhones } from './BulkPhones';
import { phoneColumns } from './columns';
import { groupByPhone } from './registrations';
import { SetUpDialogue } from './SetUpDialogue';

export default function Phones() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('phones', { sort: 'name' });
  const data = useServerTable<Phone>('phones', view);
  const registrations = useRegistrations();
  const [remove, dialogue] = useConfirmedRemove('phones');

  const [editing, setEditing] = useState<{ phones: Phone[]; found: Found | null } | null>(null);
  const [settingUp, setSettingUp] = useState(false);
  const columns = useMemo(() => phoneColumns(t, groupByPhone(registrations.data ?? [])), [t, registrations.data]);

  return (
    <PageFrame
      title={t('phones.title')}
      actions={
        <Group gap="xs">
          <Button component={Link} to="/phones/several" variant="default">
            {t('phones.several.open')}
          </Button>
          <Button component={Link} to="/phones/new" variant="default" leftSection={<Icon name="plus" size={14} />}>
            {t('phones.new')}
          </Button>
          <Button leftSection={<Icon name="phones" size={14} />} onClick={() => setSettingUp(true)}>
            {t('phones.setUp')}
          </Button>
        </Group>
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
        allFound
        pickedActions={(phones, found) => (
          <>
            {!found && phones.length === 1 && (
              <Button component={Link} to={`/phones/new?copy=${phones[0]?.id}`} variant="default" leftSection={<Icon name="copy" size={14} />}>
                {t('phones.copyPhone')}
              </Button>
            )}
            <BulkButton count={found?.total ?? phones.length} onClick={() => setEditing({ phones, found })} />
          </>
        )}
      />
      {dialogue}
      {editing && <BulkPhones {...editing} onClose={() => setEditing(null)} />}
      {settingUp && <SetUpDialogue onClose={() => setSettingUp(false)} />}
    </PageFrame>
  );
}
