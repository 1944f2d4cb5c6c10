# The user's own script: a process of its own, so that an `exit` in it does not skip the waiting for health.

chmod 700 /var/lib/resilient-website/user-data
case "$(head -c 2 /var/lib/resilient-website/user-data)" in
  '#!') /var/lib/resilient-website/user-data ;;
  *) bash /var/lib/resilient-website/user-data ;;
esac
