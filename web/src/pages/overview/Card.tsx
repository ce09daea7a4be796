import { Grid } from '@mantine/core';
import { Link } from 'react-router-dom';
import { Icon, type IconName } from '../../shell/icons';
import classes from './overview.module.css';

interface CardProps {
  to: string;
  icon: IconName;
  text: string;
  value: string;
  detail?: string;
}

export function Card({ to, icon, text, value, detail }: CardProps) {
  return (
    <Grid.Col span={{ base: 6, md: 3 }}>
      <Link to={to} className={`panel ${classes.card}`}>
        <span className={classes.cardHead}>
          <Icon name={icon} size={16} /> {text}
        </span>
        <span className={classes.cardValue}>{value}</span>
        <span className={classes.cardDetail}>{detail}</span>
      </Link>
    </Grid.Col>
  );
}
