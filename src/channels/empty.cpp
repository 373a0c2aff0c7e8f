#include "net/failure.h"
