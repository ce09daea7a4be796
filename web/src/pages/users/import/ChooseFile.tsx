// Where the file comes from: dropped or chosen.
import { Button, FileButton, Text } from '@mantine/core';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../shell/icons';
import classes from './import.module.css';

export function ChooseFile({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !busy) onFile(file);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <section aria-label={t('users.import.file')} className={classes.drop} data-over={over || undefined} onDragOver={drag} onDragLeave={() => setOver(false)} onDrop={drop}>
      <Text>{t('users.import.drop')}</Text>
      <FileButton accept=".csv,.txt,text/csv" onChange={(file) => file && onFile(file)}>
        {(props) => (
          <Button {...props} loading={busy} leftSection={<Icon name="upload" size={14} />}>
            {t('users.import.choose')}
          </Button>
        )}
      </FileButton>
    </section>
  );
}
