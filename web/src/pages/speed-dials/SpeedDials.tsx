// Speed dials of everybody and of users, and as a file (KEY).
import { Button, FileButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCreateSeveral } from '../../api/collections';
import { api, query } from '../../api/client';
import { ApiError } from '../../api/error';
import type { Page, SpeedDial } from '../../api/types';
import { csvOf, csvRows, saveFile } from '../../shell/csv';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { SpeedDialTable } from './SpeedDialTable';

const COLUMNS = ['place', 'number', 'name'] as const;
const PER_PAGE = 1000;

/** Everybody's, as a table that can be read again. */
async function exportFile() {
  const { items } = await api.get<Page<SpeedDial>>(`speed-dials${query({ user: 'null', sort: 'place', per_page: PER_PAGE })}`);
  saveFile('speed-dials.csv', 'text/csv', csvOf([[...COLUMNS], ...items.map((one) => COLUMNS.map((column) => one[column]))]));
}

/** With a first line of names, or in the order of COLUMNS; null: no such table. */
function rowsOf(text: string): Partial<SpeedDial>[] | null {
  const [first, ...rest] = csvRows(text);
  if (!first) return null;
  const named = first.includes('place') && first.includes('number');
  const at = (column: (typeof COLUMNS)[number]) => (named ? first.indexOf(column) : COLUMNS.indexOf(column));
  const rows = named ? rest : [first, ...rest];
  return rows.map((cells) => Object.fromEntries(COLUMNS.map((column) => [column, (cells[at(column)] ?? '').trim()])));
}

export default function SpeedDials() {
  const { t } = useTranslation();
  const create = useCreateSeveral<SpeedDial>('speed-dials');
  const importFile = async (file: File | null) => {
    const rows = file && rowsOf(await file.text());
    if (!file) return;
    if (!rows?.length) return notifyError(new ApiError(0, 'empty', t('speedDials.emptyFile')));
    create.mutate(rows, { onSuccess: () => notifyDone(t('speedDials.imported', { count: rows.length })), onError: notifyError });
  };
  return (
    <PageFrame title={t('speedDials.title')}>
      <SpeedDialTable
        list="speed-dials"
        actions={
          <>
            <Button variant="default" leftSection={<Icon name="download" size={14} />} onClick={() => void exportFile().catch(notifyError)}>
              {t('speedDials.export')}
            </Button>
            <FileButton accept=".csv,.txt,text/csv" onChange={(file) => void importFile(file)}>
              {(props) => (
                <Button {...props} variant="default" loading={create.isPending} leftSection={<Icon name="upload" size={14} />}>
                  {t('speedDials.import')}
                </Button>
              )}
            </FileButton>
          </>
        }
      />
    </PageFrame>
  );
}
