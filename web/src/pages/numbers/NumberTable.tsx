import { Badge, Button, Select, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router-dom';
import type { PhoneNumber } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { BlockDialogue } from './BlockDialogue';
import { HOLDERS, holderName, holderPath } from './holder';

const HELD: Record<string, string | undefined> = { held: 'true', free: 'false' };

export function NumberTable() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('numbers', { sort: 'number' });
  const [params, setParams] = useSearchParams();
  const show = params.get('show') ?? 'all';
  const data = useServerTable<PhoneNumber>('numbers', view, { held: HELD[show] });
  const [edited, setEdited] = useState<PhoneNumber | 'new' | null>(null);
  const [block, setBlock] = useState<'add' | 'remove' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('numbers');

  const columns = useMemo<Column<PhoneNumber>[]>(() => {
    const owner = (item: PhoneNumber) => {
      const path = holderPath(item);
      if (path) return <Link to={path}>{holderName(item)}</Link>;
      return (
        <Text span inherit c="dimmed">
          {t('numbers.free')}
        </Text>
      );
    };
    return [
      { id: 'number', text: 'numbers.column.number', sortable: true, cell: (item) => <strong>{item.number}</strong> },
      {
        id: 'kind',
        text: 'numbers.column.kind',
        sortable: true,
        cell: ({ kind }) => <Badge color={kind === 'internal' ? 'petrol' : 'brass'}>{optionLabel('number', 'kind', kind)}</Badge>,
      },
      { id: 'user_name', text: 'numbers.column.owner', sortable: true, cell: owner },
      { id: 'line_name', text: 'numbers.column.line', sortable: true, cell: ({ line, line_name }) => line && <Link to={`/lines/${line}`}>{line_name}</Link> },
    ];
  }, [t]);

  const setShow = (next: string | null) =>
    setParams(
      (old) => {
        const changed = new URLSearchParams(old);
        changed.delete('page');
        changed.set('show', next ?? 'all');
        return changed;
      },
      { replace: true },
    );

  return (
    <>
      <DataTable
        id="numbers"
        label={t('numbers.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(item) => item.id}
        filters={
          <>
            <Select
              size="xs"
              w={160}
              aria-label={t('numbers.show')}
              allowDeselect={false}
              data={[
                { value: 'all', label: t('numbers.all') },
                { value: 'held', label: t('numbers.heldOnly') },
                { value: 'free', label: t('numbers.freeOnly') },
              ]}
              value={show}
              onChange={setShow}
            />
            <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
              {t('numbers.new')}
            </Button>
            <Button variant="default" onClick={() => setBlock('add')}>
              {t('numbers.block.add')}
            </Button>
            <Button variant="default" onClick={() => setBlock('remove')}>
              {t('numbers.block.remove')}
            </Button>
          </>
        }
        empty={t('numbers.none')}
        onOpen={setEdited}
        onRemove={(items) => remove(items.map(({ id, number }) => ({ id, name: number })))}
      />
      {edited && (
        <EntityDialogue
          entity="number"
          collection="numbers"
          fields={['number', 'kind', ...HOLDERS, 'line', 'music']}
          title={edited === 'new' ? t('numbers.new') : t('numbers.one', { number: edited.number })}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {block && <BlockDialogue adding={block === 'add'} onClose={() => setBlock(null)} />}
      {dialogue}
    </>
  );
}
