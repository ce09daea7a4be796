// Numbers that always get through (LIN-6).
import { Button, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useLines } from '../../api/routing';
import type { EmergencyNumber } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

export default function EmergencyNumbers() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('emergency-numbers', { sort: 'number' });
  const data = useServerTable<EmergencyNumber>('emergency-numbers', view);
  const lines = useLines().data?.items;
  const [remove, dialogue] = useConfirmedRemove('emergency-numbers');

  const columns = useMemo<Column<EmergencyNumber>[]>(() => {
    const names = new Map((lines ?? []).map(({ id, name }) => [id, name]));
    const shown = (one: EmergencyNumber) =>
      one.lines.length > 0 ? (
        one.lines.map((id) => names.get(id) ?? `#${id}`).join(', ')
      ) : (
        <Group gap={6} wrap="nowrap">
          <Icon name="warning" size={15} />
          <Text span inherit>
            {t('routing.emergency.anyLine')}
          </Text>
        </Group>
      );
    return [
      { id: 'number', text: 'routing.emergency.column.number', sortable: true, cell: (one) => <Link to={`/emergency-numbers/${one.id}`}>{one.number}</Link> },
      { id: 'name', text: 'routing.emergency.column.name', sortable: true, cell: (one) => one.name },
      { id: 'lines', text: 'routing.emergency.column.lines', cell: shown },
    ];
  }, [lines, t]);

  return (
    <PageFrame
      title={t('routing.emergency.title')}
      actions={
        <Button component={Link} to="/emergency-numbers/new" leftSection={<Icon name="plus" size={14} />}>
          {t('routing.emergency.new')}
        </Button>
      }
    >
      <DataTable
        id="emergency-numbers"
        label={t('routing.emergency.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(one) => one.id}
        empty={t('routing.emergency.none')}
        onOpen={(one) => navigate(`/emergency-numbers/${one.id}`)}
        onRemove={(picked) => remove(picked.map(({ id, number, name }) => ({ id, name: `${number} ${name}` })))}
      />
      {dialogue}
    </PageFrame>
  );
}
