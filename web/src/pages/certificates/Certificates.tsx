// The certificates we show and the authorities we trust.
import { Badge, Button, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Certificate } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { dateTime } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

const SOON_MS = 30 * 86_400_000;

function Until({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation();
  if (!at) return null;
  const left = Date.parse(at) - Date.now();
  if (left < 0) return <Badge color="red">{t('certificates.expired')}</Badge>;
  return (
    <>
      {dateTime(at)} {left < SOON_MS && <Badge color="red">{t('certificates.soon')}</Badge>}
    </>
  );
}

export default function Certificates() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('certificates', { sort: 'name' });
  const data = useServerTable<Certificate>('certificates', view);
  const [edited, setEdited] = useState<Certificate | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('certificates');

  const columns = useMemo<Column<Certificate>[]>(
    () => [
      { id: 'name', text: 'certificates.column.name', sortable: true, cell: ({ name }) => <strong>{name}</strong> },
      {
        id: 'kind',
        text: 'certificates.column.kind',
        sortable: true,
        cell: ({ kind, automatic }) => (
          <>
            <Badge color={kind === 'own' ? 'petrol' : 'brass'}>{optionLabel('certificate', 'kind', kind)}</Badge>{' '}
            {automatic && <Badge color="gray">{t('certificates.automatic')}</Badge>}
          </>
        ),
      },
      { id: 'hosts', text: 'certificates.column.hosts', cell: ({ hosts }) => hosts },
      { id: 'not_after', text: 'certificates.column.until', sortable: true, cell: ({ not_after }) => <Until at={not_after} /> },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('certificates.title')}
      actions={
        <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
          {t('certificates.new')}
        </Button>
      }
    >
      <Text c="dimmed" mb="sm">
        {t('certificates.intro')}
      </Text>
      <DataTable
        id="certificates"
        label={t('certificates.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(certificate) => certificate.id}
        empty={t('certificates.none')}
        onOpen={setEdited}
        onRemove={remove}
      />
      {edited && (
        <EntityDialogue
          wide
          entity="certificate"
          collection="certificates"
          fields={['name', 'kind', 'certificate', 'key']}
          title={edited === 'new' ? t('certificates.new') : t('certificates.one', { name: edited.name })}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </PageFrame>
  );
}
