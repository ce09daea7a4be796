import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Range } from '../../api/types';
import { number } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { useRemoveRanges } from './useRemoveRanges';

const size = ({ first, last }: Range) => Number(last) - Number(first) + 1;

export function RangeTable() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('ranges', { sort: 'first' });
  const data = useServerTable<Range>('ranges', view);
  const [edited, setEdited] = useState<Range | 'new' | null>(null);
  const [remove, dialogue] = useRemoveRanges();

  const columns = useMemo<Column<Range>[]>(
    () => [
      { id: 'first', text: 'numbers.column.first', sortable: true, cell: ({ first }) => <strong>{first}</strong> },
      { id: 'last', text: 'numbers.column.last', sortable: true, cell: ({ last }) => <strong>{last}</strong> },
      { id: 'size', text: 'numbers.column.size', numeric: true, cell: (range) => number(size(range)) },
    ],
    [],
  );

  return (
    <>
      <DataTable
        id="ranges"
        label={t('numbers.tab.ranges')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(range) => range.id}
        filters={
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
            {t('numbers.newRange')}
          </Button>
        }
        empty={t('numbers.noRanges')}
        onOpen={setEdited}
        onRemove={remove}
      />
      {edited && (
        <EntityDialogue
          entity="range"
          collection="ranges"
          fields={['first', 'last']}
          title={edited === 'new' ? t('numbers.newRange') : t('numbers.oneRange')}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
