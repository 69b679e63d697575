"""Makes evaluation folders out of bulletins and ordinary mail: documents, leaks of each kind, innocent mails."""
