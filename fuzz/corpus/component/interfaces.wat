(component
  (import "airs:storage/storage@0.1.0" (instance (export "get" (func (param "key" (list u8)) (result (option (list u8)))))))
  (import "acme:disk/disk@1.0.0" (instance (export "format" (func))))
  (import "wasi:random/random@0.2.6" (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:clocks/wall-clock@0.2.6" (instance)))